// @azure/identity: pointed by its options, and unmodified through the proxy; the tokens
// feed @microsoft/microsoft-graph-client, which is called over TLS.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ClientAssertionCredential, ClientCertificateCredential, ClientSecretCredential, DeviceCodeCredential, EnvironmentCredential, OnBehalfOfCredential } from "@azure/identity";
import graphClient from "@microsoft/microsoft-graph-client";
import azure from "@microsoft/microsoft-graph-client/authProviders/azureTokenCredentials/index.js";
import { certificate, claims, clientId, folder, start, tenantId } from "./emulator.mjs";

const scope = "https://graph.microsoft.com/.default";
const own = certificate("desk");
let emulator, strict;

before(async () => {
  emulator = await start("--auth", "verify");
  strict = await start("--auth", "verify", "--fixtures", folder({
    "applications.yaml": JSON.stringify({ applications: [{
      appId: clientId, displayName: "Desk",
      passwordCredentials: [{ keyId: "0d15c0de-0000-4000-8000-0000000000a1", secretText: "right" }],
      keyCredentials: [{ keyId: "0d15c0de-0000-4000-8000-0000000000a2", type: "AsymmetricX509Cert", usage: "Verify", key: own.der.toString("base64") }],
    }] }),
  }));
});
after(() => Promise.all([emulator.stop(), strict.stop()]));

const options = (at) => ({ authorityHost: at.url, disableInstanceDiscovery: true, retryOptions: { maxRetries: 0 } });

/** A graph-client that fetches its tokens from a credential. */
function graph(at, credential, ...scopes) {
  const authProvider = new azure.TokenCredentialAuthenticationProvider(credential, { scopes: scopes.length ? scopes : [scope] });
  return graphClient.Client.initWithMiddleware({ authProvider, baseUrl: at.url + "/", customHosts: new Set([new URL(at.url).hostname]) });
}

test("a client secret", async () => {
  const credential = new ClientSecretCredential(tenantId, clientId, "any", options(emulator));
  const { value } = await graph(emulator, credential).api("/users").top(2).get();
  assert.equal(value.length, 2);
  const token = claims((await credential.getToken(scope)).token);
  assert.deepEqual([token.idtyp, token.appid, token.tid], ["app", clientId, tenantId]); // C-2.17
});

test("a wrong secret is refused where the tenant lists the application", async () => {
  const right = new ClientSecretCredential(tenantId, clientId, "right", options(strict));
  assert.ok((await graph(strict, right).api("/organization").get()).value.length);
  const wrong = new ClientSecretCredential(tenantId, clientId, "wrong", options(strict));
  await assert.rejects(wrong.getToken(scope), /AADSTS7000215/); // B-10.22
});

test("a certificate", async () => {
  const credential = new ClientCertificateCredential(tenantId, clientId, { certificate: own.pem }, options(strict));
  assert.ok((await graph(strict, credential).api("/organization").get()).value.length);
  assert.equal(claims((await credential.getToken(scope)).token).appidacr, "2"); // B-10.24
  const stranger = new ClientCertificateCredential(tenantId, clientId, { certificate: certificate("desk").pem }, options(strict));
  await assert.rejects(stranger.getToken(scope), /AADSTS700027/);
});

test("an assertion of another issuer", async () => {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const assertion = `${part({ alg: "RS256" })}.${part({ iss: "https://ci.test", sub: "desk", aud: "api://AzureADTokenExchange", exp: 4102444800 })}.${part("x")}`;
  const credential = new ClientAssertionCredential(tenantId, clientId, async () => assertion, options(emulator));
  assert.ok((await graph(emulator, credential).api("/users").get()).value.length);
});

test("a device code", async () => {
  let shown;
  const credential = new DeviceCodeCredential({ ...options(emulator), tenantId, clientId, userPromptCallback: (m) => { shown = m; } });
  const me = await graph(emulator, credential, "User.Read").api("/me").get();
  assert.equal(claims((await credential.getToken("User.Read")).token).oid, me.id);
  assert.ok(shown.message.includes(shown.userCode) && shown.verificationUri.startsWith(emulator.url)); // C-2.21
});

test("on behalf of", async () => {
  const user = new DeviceCodeCredential({ ...options(emulator), tenantId, clientId, userPromptCallback: () => {} });
  const incoming = await user.getToken(`api://${clientId}/Roster.Read`);
  const credential = new OnBehalfOfCredential({ ...options(emulator), tenantId, clientId, clientSecret: "any", userAssertionToken: incoming.token });
  const me = await graph(emulator, credential, "User.Read").api("/me").get();
  assert.equal(me.id, claims(incoming.token).oid);
});

test("unmodified, through the proxy", async (t) => {
  const variables = { HTTPS_PROXY: emulator.proxy, NO_PROXY: "127.0.0.1,localhost", AZURE_TENANT_ID: tenantId, AZURE_CLIENT_ID: clientId, AZURE_CLIENT_SECRET: "any" };
  const kept = { ...process.env };
  t.after(() => { process.env = kept; });
  Object.assign(process.env, variables);
  const credential = new EnvironmentCredential(); // login.microsoftonline.com, with its discovery
  const { token } = await credential.getToken(scope);
  assert.equal(claims(token).iss, `https://sts.windows.net/${tenantId}/`); // B-10.23
  assert.ok((await graph(emulator, credential).api("/users").get()).value.length);
});
