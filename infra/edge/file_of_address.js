// Viewer request: the file of a pretty address, as sandbox/site.py finds it. Pages have no ending in
// their address, every trader has one, and what is not there has the page that says so.
var PAGES = [/* the site's pages */];

function handler(event) {
  var request = event.request;
  request.uri = fileOf(request.uri);
  return request;
}

function fileOf(address) {
  var name = address.slice(1);
  if (name === '') return '/index.html';
  if (/^t\/[^/]*$/.test(name)) return '/trader.html';
  if (PAGES.indexOf(name) >= 0) return address + '.html';
  if (/\.[a-z0-9]+$/.test(name) && isThere(name)) return address;
  return '/404.html';
}

function isThere(name) {
  if (/^assets\/[^/]+$/.test(name)) return true;
  return FILES.indexOf(name) >= 0;
}

var FILES = [/* the site's files outside assets */];
