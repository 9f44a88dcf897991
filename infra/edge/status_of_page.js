// Viewer response: the status that a page was stored with. The bucket itself only knows 200.
function handler(event) {
  var response = event.response;
  var stored = response.headers['x-amz-meta-status'];
  if (stored) {
    response.statusCode = Number(stored.value);
    response.statusDescription = 'Not Found';
    delete response.headers['x-amz-meta-status'];
  }
  return response;
}
