// A browser starts no worker in a page that was opened from a disk. There, this runs a worker's script in a hidden frame
// instead, which is all that the search needs. Over a network nothing is changed.
if (location.protocol === "file:") {
  window.Worker = class extends EventTarget {
    constructor(url) {
      super();
      this.early = [];
      const frame = document.createElement("iframe");
      frame.hidden = true;
      frame.srcdoc = "<!doctype html><title>Search</title>";
      frame.onload = () => this.start(frame.contentWindow, new URL(url, location));
      document.body.append(frame);
    }

    start(inside, url) {
      inside.postMessage = (data) => this.dispatchEvent(new MessageEvent("message", { data }));
      // The scripts of a worker run one after the other.
      let last = Promise.resolve();
      inside.importScripts = (...sources) => {
        for (const source of sources) {
          last = last.then(() => this.load(inside, new URL(source, url)));
        }
        return last;
      };
      this.load(inside, url).then(() => {
        this.inside = inside;
        for (const data of this.early.splice(0)) this.postMessage(data);
      });
    }

    load(inside, source) {
      return new Promise((done, failed) => {
        const script = inside.document.createElement("script");
        script.src = source;
        script.onload = done;
        script.onerror = failed;
        inside.document.body.append(script);
      });
    }

    postMessage(data) {
      if (this.inside) this.inside.dispatchEvent(new MessageEvent("message", { data }));
      else this.early.push(data);
    }

    terminate() {}
  };
}
