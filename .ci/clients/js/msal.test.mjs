// @azure/msal-node: client credentials, code with PKCE through the sign-in page, silent
// renewal, on behalf of, device code; the tokens feed @microsoft/microsoft-graph-client.
import assert from "node:assert/strict";
import { createHash, X509Certificate } from "node:crypto";
import { after, before, test } from "node:test";
import { ConfidentialClientApplication, CryptoProvider, PublicClientApplication, ServerError } from "@azure/msal-node";
import graphClient from "@microsoft/microsoft-graph-client";
import { certificate, claims, clientId, folder, start, tenantId } from "./emulator.mjs";

const redirectUri = "http://localhost:5000/auth";
const publicId = "c0ffee00-51ab-4c3d-8e77-2b9a64d1f306";
const own = certificate("desk");
let emulator, strict, paged;

before(async () => {
  emulator = await start("--auth", "verify");
  paged = await start("--auth", "verify", "--sign-in", "page");
  strict = await start("--auth", "verify", "--fixtures", folder({
    "applications.yaml": JSON.stringify({ applications: [{
      appId: clientId, displayName: "Desk", web: { redirectUris: [redirectUri] },
      keyCredentials: [{ keyId: "0d15c0de-0000-4000-8000-0000000000a2", type: "AsymmetricX509Cert", usage: "Verify", key: own.der.toString("base64") }],
    }, { appId: publicId, displayName: "Board", isFallbackPublicClient: true }] }),
    "users.yaml": JSON.stringify({ users: [{ id: "5d6f9a10-3c51-4f65-9d1c-4be9c4ea0001", displayName: "Ida", userPrincipalName: "ida@northgale.test", mailNickname: "ida", accountEnabled: true,
      passwordProfile: { password: "rV7!quaySide" } }] }),
  }));
});
after(() => Promise.all([emulator.stop(), strict.stop(), paged.stop()]));

const auth = (at, more = {}) => ({ auth: { clientId, authority: `${at.url}/${tenantId}`, knownAuthorities: [new URL(at.url).host], ...more } });
const confidential = (at) => new ConfidentialClientApplication(auth(at, { clientSecret: "any" }));

/** What the graph-client gets from a path with a token. */
const get = (at, token, path) => graphClient.Client.init({
  baseUrl: at.url + "/", customHosts: new Set([new URL(at.url).hostname]), authProvider: (done) => done(null, token),
}).api(path).get();

/** Follows the address of a sign-in as a browser would, to the code or the error. */
async function signIn(address, fill) {
  let answer = await fetch(address, { redirect: "manual" });
  if (fill) {
    assert.equal(answer.status, 200);
    const page = await answer.text();
    const text = (s) => s.replaceAll("&#39;", "'").replaceAll("&#34;", '"').replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&#43;", "+").replaceAll("&amp;", "&");
    const form = new URLSearchParams(fill);
    for (const [, name, value] of page.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g)) form.set(name, text(value));
    answer = await fetch(new URL(text(/<form[^>]* action="([^"]*)"/.exec(page)[1]), address), { method: "POST", body: form, redirect: "manual" });
  }
  assert.equal(answer.status, 302, await answer.text());
  const to = new URL(answer.headers.get("location"));
  assert.equal(to.origin + to.pathname, redirectUri);
  return to.searchParams;
}

/** Code with PKCE: the address, the page, the tokens. */
async function byCode(app, scopes, more = {}, fill = undefined) {
  const { verifier, challenge } = await new CryptoProvider().generatePkceCodes();
  const address = await app.getAuthCodeUrl({ scopes, redirectUri, codeChallenge: challenge, codeChallengeMethod: "S256", state: "a/b c+d", ...more });
  const answer = await signIn(address, fill);
  assert.equal(answer.get("state"), "a/b c+d"); // C-2.19
  return app.acquireTokenByCode({ scopes, redirectUri, code: answer.get("code"), codeVerifier: verifier, ...more });
}

test("client credentials", async () => {
  const got = await confidential(emulator).acquireTokenByClientCredential({ scopes: ["https://graph.microsoft.com/.default"] });
  assert.equal(claims(got.accessToken).idtyp, "app");
  assert.ok((await get(emulator, got.accessToken, "/users?$top=1")).value.length);
});

test("client credentials with a certificate", async () => {
  const thumbprintSha256 = createHash("sha256").update(new X509Certificate(own.der).raw).digest("hex");
  const app = new ConfidentialClientApplication(auth(strict, { clientCertificate: { thumbprintSha256, privateKey: own.key, x5c: own.certificate } }));
  const got = await app.acquireTokenByClientCredential({ scopes: ["https://graph.microsoft.com/.default"] });
  assert.ok((await get(strict, got.accessToken, "/organization")).value.length);
});

test("code with PKCE, silent and renewed", async () => {
  const app = new PublicClientApplication(auth(emulator));
  const got = await byCode(app, ["User.Read"]);
  const me = await get(emulator, got.accessToken, "/me");
  assert.deepEqual([got.account.localAccountId, got.account.tenantId, got.account.username], [me.id, tenantId, me.userPrincipalName]); // C-2.13, C-2.14
  const kept = await app.acquireTokenSilent({ scopes: ["User.Read"], account: got.account });
  assert.ok(kept.fromCache); // C-2.12
  const fresh = await app.acquireTokenSilent({ scopes: ["User.Read"], account: got.account, forceRefresh: true });
  assert.ok(!fresh.fromCache && fresh.accessToken !== got.accessToken);
  const wider = await app.acquireTokenSilent({ scopes: ["Mail.Read"], account: got.account }); // C-2.9: other scopes than those first granted
  assert.match(claims(wider.accessToken).scp, /Mail\.Read/);
  assert.equal((await get(emulator, wider.accessToken, "/me")).id, me.id);
});

test("a code is good once, and for its verifier", async () => {
  const app = new PublicClientApplication(auth(emulator));
  const { verifier, challenge } = await new CryptoProvider().generatePkceCodes();
  const address = await app.getAuthCodeUrl({ scopes: ["User.Read"], redirectUri, codeChallenge: challenge, codeChallengeMethod: "S256" });
  const ask = { scopes: ["User.Read"], redirectUri, code: (await signIn(address)).get("code") };
  await assert.rejects(app.acquireTokenByCode({ ...ask, codeVerifier: verifier.slice(0, -3) + "abc" }), /AADSTS501481/);
  const again = { ...ask, code: (await signIn(address)).get("code"), codeVerifier: verifier };
  await app.acquireTokenByCode(again);
  await assert.rejects(app.acquireTokenByCode(again), /AADSTS54005/);
});

test("the sign-in page", async () => {
  const app = new PublicClientApplication(auth(paged));
  const got = await byCode(app, ["User.Read"], { prompt: "login" }, { loginfmt: "tomas@northgale.test", passwd: "" });
  assert.equal(got.account.username, "tomas@northgale.test");
  assert.equal((await get(paged, got.accessToken, "/me")).userPrincipalName, "tomas@northgale.test");
});

test("prompt=none without a session asks for interaction", async () => {
  const app = new PublicClientApplication(auth(paged));
  const address = await app.getAuthCodeUrl({ scopes: ["User.Read"], redirectUri, prompt: "none", codeChallenge: "x".repeat(43), codeChallengeMethod: "S256" });
  assert.equal((await signIn(address)).get("error"), "login_required");
});

test("on behalf of", async () => {
  const app = confidential(emulator);
  const incoming = await byCode(app, [`api://${clientId}/Roster.Read`]);
  const got = await app.acquireTokenOnBehalfOf({ oboAssertion: incoming.accessToken, scopes: ["User.Read"] });
  assert.equal((await get(emulator, got.accessToken, "/me")).id, incoming.account.localAccountId);
  await assert.rejects(app.acquireTokenOnBehalfOf({ oboAssertion: got.accessToken, scopes: ["Mail.Read"] }), // a token for Graph is nobody's to pass on
    (err) => err instanceof ServerError && /AADSTS500131/.test(err.message));
});

test("a device code", async () => {
  const app = new PublicClientApplication(auth(emulator));
  let shown;
  const got = await app.acquireTokenByDeviceCode({ scopes: ["User.Read"], deviceCodeCallback: (m) => { shown = m; } });
  assert.ok(shown.message.includes(shown.userCode));
  assert.equal((await get(emulator, got.accessToken, "/me")).id, got.account.localAccountId);
});

test("user name and password", async () => {
  const app = new PublicClientApplication(auth(strict, { clientId: publicId }));
  const ask = { scopes: ["User.Read"], username: "ida@northgale.test" };
  const got = await app.acquireTokenByUsernamePassword({ ...ask, password: "rV7!quaySide" });
  assert.equal((await get(strict, got.accessToken, "/me")).displayName, "Ida");
  await assert.rejects(app.acquireTokenByUsernamePassword({ ...ask, password: "wrong" }), (err) => err instanceof ServerError && /AADSTS50126/.test(err.message));
});

test("a refresh token that was never ours", async () => {
  await assert.rejects(confidential(emulator).acquireTokenByRefreshToken({ refreshToken: "1.nobody", scopes: ["User.Read"] }), { errorCode: "invalid_grant" });
});
