// Makes a group and reads the users, page by page.
const graph = "https://graph.microsoft.com/v1.0";
const headers = { authorization: "Bearer any", "content-type": "application/json" };

async function call(url, options = {}) {
  const answer = await fetch(url, { ...options, headers });
  if (!answer.ok) throw new Error(`${url}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}

const group = await call(`${graph}/groups`, {
  method: "POST",
  body: JSON.stringify({ displayName: "Night Watch", mailEnabled: false, mailNickname: "night", securityEnabled: true }),
});
console.log("group", group.displayName);

const users = [];
for (let next = `${graph}/users?$top=2&$select=displayName`; next; ) {
  const page = await call(next);
  users.push(...page.value);
  next = page["@odata.nextLink"];
}
console.log("users", users.map((u) => u.displayName).sort().join(", "));
