const RequestQueue = require('kafkajs/src/network/requestQueue');

/**
 * In the place of network/requestQueue/index.js, which looks for requests that wait once in each ms for as long as the connection lives, also
 * where none does. One that has to wait asks for that look itself.
 */
module.exports = class extends RequestQueue {
  scheduleCheckPendingRequests() {
    if (this.pending.length > 0) super.scheduleCheckPendingRequests();
  }
};
