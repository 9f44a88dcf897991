// Viewer request: what a chat shows under a link to a trader comes from the API, as sandbox/site.py
// asks it: the same for everyone, so nothing of who asks goes along.
function handler(event) {
  var request = event.request;
  var found = /^\/s\/([^/]+)(\/card\.png)?$/.exec(request.uri);
  var picture = found && found[2];
  request.uri = found ? '/api/traders/' + found[1] + '/card' + (picture ? '.png' : '') : '/api/';
  // the gateway hands a picture only to those who ask for that very kind
  request.headers.accept = { value: picture ? 'image/png' : 'text/html' };
  delete request.headers.authorization;
  request.cookies = {};
  request.querystring = {};
  return request;
}
