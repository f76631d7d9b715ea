// Makes fetch and https of Node.js ask the proxy of HTTPS_PROXY, which they do on their
// own since Node 22.21 and 24.5 when NODE_USE_ENV_PROXY is 1. Loaded with --require.
"use strict";
const [major, minor] = process.versions.node.split(".").map(Number);
const native = process.env.NODE_USE_ENV_PROXY === "1" &&
  (major > 24 || (major === 24 && minor >= 5) || (major === 22 && minor >= 21));
const address = process.env.HTTPS_PROXY || process.env.https_proxy;
const dispatcher = Symbol.for("undici.globalDispatcher.1");

if (address && !native) {
  const http = require("node:http");
  const https = require("node:https");
  const net = require("node:net");
  const tls = require("node:tls");
  const proxy = new URL(address);
  const direct = (process.env.NO_PROXY || process.env.no_proxy || "").toLowerCase().split(/[\s,]+/).filter(Boolean);

  const bare = (host) => String(host || "").toLowerCase().replace(/^\[|\]$/g, "");
  const leaves = (host) => direct.some((d) => d === "*" || host === bare(d).replace(/^\*?\./, "") || host.endsWith("." + bare(d).replace(/^\*?\./, "")));

  // tunnel calls done with a TLS connection to a host, made through the proxy.
  const tunnel = (host, port, options, done) => {
    const ask = http.request({
      host: bare(proxy.hostname), port: proxy.port || 80, method: "CONNECT", agent: false,
      path: `${host.includes(":") ? `[${host}]` : host}:${port}`, headers: { host: `${host}:${port}` },
    });
    ask.once("error", done);
    ask.once("connect", (answer, socket) => {
      if (answer.statusCode !== 200) {
        socket.destroy();
        done(new Error(`the proxy ${address} answers ${answer.statusCode} to CONNECT ${host}:${port}`));
        return;
      }
      secure({ ...options, socket, host: undefined, port: undefined, path: undefined }, host, done);
    });
    ask.end();
  };
  const secure = (options, host, done) => {
    const servername = options.servername || (net.isIP(host) ? undefined : host);
    const socket = tls.connect({ ...options, servername });
    socket.once("error", done);
    socket.once("secureConnect", () => {
      socket.off("error", done);
      done(null, socket);
    });
  };

  // fetch: a dispatcher of the class that Node itself uses, with a connector of ours.
  void globalThis.Request; // loads the dispatcher
  new Request("http://localhost/");
  const Agent = globalThis[dispatcher] && globalThis[dispatcher].constructor;
  if (Agent) {
    globalThis[dispatcher] = new Agent({
      connect({ hostname, protocol, port, servername }, done) {
        const host = bare(hostname);
        if (protocol !== "https:") {
          const socket = net.connect({ host, port: port || 80 });
          socket.once("error", done);
          socket.once("connect", () => { socket.off("error", done); done(null, socket); });
        } else if (leaves(host)) {
          secure({ host, port: port || 443, servername, ALPNProtocols: ["http/1.1"] }, host, done);
        } else {
          tunnel(host, port || 443, { servername, ALPNProtocols: ["http/1.1"] }, done);
        }
      },
    });
  }

  // https.request and what is made of it. An agent of another class keeps its own way.
  const connect = https.Agent.prototype.createConnection;
  https.Agent.prototype.createConnection = function (options, done) {
    const host = bare(options.host || options.hostname);
    if (options.socketPath || options.socket || !done || leaves(host)) {
      return connect.call(this, options, done);
    }
    tunnel(host, options.port || 443, options, done);
  };
}
