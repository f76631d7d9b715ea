// CLI for Microsoft 365: a program whose addresses are fixed. graph-emulator exec gives it a
// proxy, a CA and credentials, and nothing else (C-12.4, C-13).
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { after, before, test } from "node:test";
import { promisify } from "node:util";

const program = fileURLToPath(new URL("node_modules/@pnp/cli-microsoft365/dist/index.js", import.meta.url));
const HOME = mkdtempSync(join(tmpdir(), "graph-emulator-m365-")); // where it keeps connections and tokens
const { AZURE_CLIENT_ID, AZURE_CLIENT_SECRET, AZURE_TENANT_ID } = process.env;

/** What a command prints; an error has what it printed instead. */
async function m365(...args) {
  const { stdout } = await promisify(execFile)(process.execPath, [program, ...args, "--output", "json"], { env: { ...process.env, HOME } });
  return stdout.trim() ? JSON.parse(stdout) : undefined;
}

before(async () => {
  assert.ok(process.env.HTTPS_PROXY && AZURE_CLIENT_ID, "run it below graph-emulator exec: npm test");
  await m365("cli", "config", "set", "--key", "disableTelemetry", "--value", "true");
  await m365("cli", "config", "set", "--key", "prompt", "--value", "false");
  const connection = await m365("login", "--authType", "secret", "--appId", AZURE_CLIENT_ID, "--tenant", AZURE_TENANT_ID, "--secret", AZURE_CLIENT_SECRET);
  assert.deepEqual([connection.appTenant, connection.connectedAs], [AZURE_TENANT_ID, "Pilot Roster"]); // C-2.17: app_displayname
});
after(() => rmSync(HOME, { recursive: true, force: true }));

test("users", async () => {
  await m365("entra", "user", "add", "--displayName", "Grete Lind", "--userName", "grete@northgale.test", "--password", "rV7!quaySide");
  await m365("entra", "user", "set", "--userName", "grete@northgale.test", "--jobTitle", "Harbour Pilot");
  const found = await m365("entra", "user", "list", "--jobTitle", "Harbour Pilot", "--properties", "displayName,jobTitle");
  assert.deepEqual(found.map(({ displayName, jobTitle }) => [displayName, jobTitle]), [["Grete Lind", "Harbour Pilot"]]);
  await m365("entra", "user", "remove", "--userName", "grete@northgale.test", "--force");
  assert.deepEqual((await m365("entra", "user", "recyclebinitem", "list")).map((u) => u.displayName), ["Grete Lind"]);
  await assert.rejects(m365("entra", "user", "get", "--userName", "grete@northgale.test"), /does not exist/);
});

test("groups, with a batch", async () => {
  const { id } = await m365("entra", "group", "add", "--displayName", "Watch", "--type", "security", "--mailNickname", "watch");
  await m365("entra", "group", "member", "add", "--groupId", id, "--userNames", "tomas@northgale.test,ida@northgale.test", "--role", "Member"); // $batch
  const members = await m365("entra", "group", "member", "list", "--groupId", id);
  assert.deepEqual(members.map((m) => m.userPrincipalName).sort(), ["ida@northgale.test", "tomas@northgale.test"]);
  await m365("entra", "group", "member", "remove", "--groupId", id, "--userNames", "tomas@northgale.test", "--suppressNotFound", "--force"); // as an owner, too
  assert.deepEqual((await m365("entra", "group", "member", "list", "--groupId", id)).map((m) => m.userPrincipalName), ["ida@northgale.test"]);
});

test("an application is registered, granted a permission, and signs in", async () => {
  const app = await m365("entra", "app", "add", "--name", "Ledger", "--redirectUris", "https://ledger.test/", "--platform", "web", "--withSecret",
    "--apisApplication", "https://graph.microsoft.com/User.Read.All");
  await m365("entra", "enterpriseapp", "add", "--id", app.appId);
  await m365("entra", "approleassignment", "add", "--appId", app.appId, "--resource", "Microsoft Graph", "--scopes", "User.Read.All");
  const granted = await m365("entra", "approleassignment", "list", "--appId", app.appId);
  assert.deepEqual(granted.map((g) => [g.resourceDisplayName, g.roleName]), [["Microsoft Graph", "User.Read.All"]]);
  const login = ["login", "--authType", "secret", "--appId", app.appId, "--tenant", AZURE_TENANT_ID];
  await assert.rejects(m365(...login, "--secret", "wrong"), /AADSTS7000215/); // what has a secret is checked (C-2.23)
  assert.equal((await m365(...login, "--secret", app.secrets[0].value)).connectedAs, "Ledger");
  assert.ok((await m365("entra", "user", "list", "--properties", "id")).length);
});
