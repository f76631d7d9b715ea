// What a page does with MSAL: sign in by redirect, call Graph, sign out.
import { PublicClientApplication } from "@azure/msal-browser";

const { clientId, authority, knownAuthorities = [], graph } = window.config;
const redirectUri = location.origin + location.pathname;
const app = new PublicClientApplication({ auth: { clientId, authority, knownAuthorities, redirectUri } });
await app.initialize();
const answer = await app.handleRedirectPromise();
const account = answer?.account ?? app.getAllAccounts()[0];

window.signIn = () => app.loginRedirect({ scopes: ["User.Read"], prompt: "consent" });
window.signOut = () => app.logoutRedirect({ account, postLogoutRedirectUri: redirectUri });
window.renew = async (forceRefresh) => (await app.acquireTokenSilent({ scopes: ["User.Read"], account, forceRefresh })).fromCache;
window.call = async (method, path, body) => {
  const { accessToken } = await app.acquireTokenSilent({ scopes: ["User.Read"], account });
  const headers = { Authorization: `Bearer ${accessToken}`, ConsistencyLevel: "eventual" };
  if (body) headers["Content-Type"] = "application/json";
  const got = await fetch(graph + path, { method, headers, body: body && JSON.stringify(body) });
  return { status: got.status, id: got.headers.get("request-id"), body: got.status === 204 ? null : await got.json() };
};
document.title = account ? `hello ${account.username}` : "signed out";
