const RequestQueue = require('kafkajs/src/network/requestQueue');

/** How often requests without an answer are looked at, ms. */
const LOOK_MS = 100;

/**
 * In the place of network/requestQueue/index.js, whose timers go on for as long as a connection lives: one looks each ms for requests that wait
 * (once the first was answered), one each 100 ms for those that are overdue. Here they run only while there is one to look for.
 */
module.exports = class extends RequestQueue {
  scheduleCheckPendingRequests() {
    // One that has to wait asks for this itself.
    if (this.pending.length > 0) super.scheduleCheckPendingRequests();
  }

  /** Of a connection that opens: nothing is under way. */
  scheduleRequestTimeoutCheck() {}

  /** @param {unknown} request */
  sendSocketRequest(request) {
    super.sendSocketRequest(request);
    if (!this.enforceRequestTimeout || this.requestTimeoutIntervalId || this.inflight.size === 0) return;
    this.requestTimeoutIntervalId = setInterval(() => this.lookForOverdue(), Math.min(this.requestTimeout, LOOK_MS));
  }

  lookForOverdue() {
    for (const request of this.inflight.values()) if (Date.now() - request.sentAt > request.requestTimeout) request.timeoutRequest();
    if (this.inflight.size > 0 && this.isConnected()) return;
    clearInterval(this.requestTimeoutIntervalId);
    this.requestTimeoutIntervalId = null;
  }

  destroy() {
    super.destroy();
    this.requestTimeoutIntervalId = null;
  }
};
