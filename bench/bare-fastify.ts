/** The peer of `bench http`: one Fastify route with the same body, nothing else. */
import fastify from "fastify";

const [port, body] = process.argv.slice(2);
const app = fastify();
const answer: unknown = JSON.parse(String(body));
app.get("/api/distributed/status", () => answer);
await app.listen({ host: "127.0.0.1", port: Number(port) });
console.log("listening");
