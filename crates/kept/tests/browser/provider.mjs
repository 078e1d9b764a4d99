// A sign-in service (OpenID Connect) for the tests: whoever types a name is whom they typed. It
// prints its address once it listens, and ends with its standard input.

import { createServer } from "node:http";
import Provider from "oidc-provider";

const [back, client, secret] = process.argv.slice(2);
const server = createServer();
server.listen(0, "127.0.0.1", () => {
  const issuer = `http://localhost:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [{ client_id: client, client_secret: secret, redirect_uris: [back] }],
    cookies: { keys: ["not a secret"] },
    claims: { email: ["email", "email_verified"] },
    findAccount: (_, id) => ({
      accountId: id,
      claims: () => ({ sub: id, email: `${id}@quai.example`, email_verified: true }),
    }),
  });
  server.on("request", provider.callback());
  console.log(issuer);
});
process.stdin.resume();
process.stdin.on("end", () => process.exit(0));
