// Starts the built binary on a free port for a test file. Clients call it over TLS, as
// they call Graph: over http the graph-client sends no token and follows no next link
// (C-1.8). Node reads NODE_EXTRA_CA_CERTS when it starts, so npm test has the CA made
// before and kept in .ca; GRAPH_EMULATOR_CA_DIR tells the binary where.
import { spawn } from "node:child_process";
import { generateKeyPairSync, sign } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const binary = process.env.GRAPH_EMULATOR_BINARY ?? fileURLToPath(new URL("../../../bin/graph-emulator", import.meta.url));

export const tenantId = "3f1c0d52-7a44-4d0e-9b61-5e2a8c7d9f10";
export const clientId = "c0ffee00-51ab-4c3d-8e77-2b9a64d1f305";

/** Starts an emulator; url is where it answers TLS, proxy where it takes CONNECT. */
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
    proxy: url.replace("https:", "http:"),
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

/** The claims of a token. */
export const claims = (token) => JSON.parse(Buffer.from(token.split(".")[1], "base64url"));

/** A folder with files, by name, for as long as the process lives. */
export function folder(files) {
  const dir = mkdtempSync(join(tmpdir(), "graph-emulator-"));
  process.on("exit", () => rmSync(dir, { recursive: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text);
  return dir;
}

/** A new key with a certificate that it signed itself: der, and pem with the key. */
export function certificate(name) {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const der = (tag, ...parts) => {
    const body = Buffer.concat(parts.map((p) => Buffer.from(p)));
    const n = body.length;
    return Buffer.concat([Buffer.from([tag, ...(n < 128 ? [n] : n < 256 ? [0x81, n] : [0x82, n >> 8, n & 255])]), body]);
  };
  const algorithm = der(0x30, der(0x06, Buffer.from("2a864886f70d01010b", "hex")), der(0x05)); // sha256WithRSAEncryption
  const who = der(0x30, der(0x31, der(0x30, der(0x06, Buffer.from("550403", "hex")), der(0x0c, name))));
  const lives = der(0x30, der(0x17, "200101000000Z"), der(0x17, "491231235959Z"));
  const body = der(0x30, der(0xa0, der(0x02, [2])), der(0x02, [1]), algorithm, who, lives, who, publicKey.export({ type: "spki", format: "der" }));
  const whole = der(0x30, body, algorithm, der(0x03, [0], sign("sha256", body, privateKey)));
  const pem = `-----BEGIN CERTIFICATE-----\n${whole.toString("base64").replace(/(.{64})/g, "$1\n")}\n-----END CERTIFICATE-----\n`;
  return { der: whole, key: privateKey.export({ type: "pkcs8", format: "pem" }), certificate: pem, pem: privateKey.export({ type: "pkcs8", format: "pem" }) + pem };
}

/** The members of a new user. */
export function user(name, more = {}) {
  return {
    accountEnabled: true, displayName: name, mailNickname: name.toLowerCase(), userPrincipalName: `${name.toLowerCase()}@northgale.test`,
    passwordProfile: { forceChangePasswordNextSignIn: false, password: "rV7!quaySide" }, ...more,
  };
}
