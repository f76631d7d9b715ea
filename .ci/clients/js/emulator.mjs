// Starts the built binary on a free port for a test file. Clients call it over TLS, as
// they call Graph: over http the graph-client sends no token and follows no next link
// (C-1.8). Node reads NODE_EXTRA_CA_CERTS when it starts, so npm test has the CA made
// before and kept in .ca; GRAPH_EMULATOR_CA_DIR tells the binary where.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const binary = process.env.GRAPH_EMULATOR_BINARY ?? fileURLToPath(new URL("../../../bin/graph-emulator", import.meta.url));

/** Starts an emulator and resolves to its https URL and a function that ends it. */
export async function start(...flags) {
  const child = spawn(binary, ["serve", "--listen", "127.0.0.1:0", ...flags], { stdio: ["ignore", "pipe", "inherit"] });
  let line = "";
  for await (const chunk of child.stdout) {
    line += chunk;
    if (line.includes("\n")) break;
  }
  const url = /TLS at (https:\/\/\S+:\d+)/.exec(line)?.[1];
  if (!url) throw new Error(`no URL in ${JSON.stringify(line)}`);
  return {
    url,
    async stop() {
      if (child.exitCode !== null) throw new Error(`the emulator ended with ${child.exitCode}`);
      child.kill("SIGTERM");
      const [code] = await once(child, "exit");
      if (code !== 0) throw new Error(`the emulator ended with ${code}`);
    },
  };
}

/** A token that open mode believes. */
export function token(claims = {}) {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${part({ alg: "none", typ: "JWT" })}.${part({ aud: "https://graph.microsoft.com", scp: "User.ReadWrite.All Group.ReadWrite.All", ...claims })}.x`;
}

/** The members of a new user. */
export function user(name, more = {}) {
  return {
    accountEnabled: true, displayName: name, mailNickname: name.toLowerCase(), userPrincipalName: `${name.toLowerCase()}@northgale.test`,
    passwordProfile: { forceChangePasswordNextSignIn: false, password: "rV7!quaySide" }, ...more,
  };
}
