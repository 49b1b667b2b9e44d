// Node's `ws` as its manual broadcasts: every post goes to every client in a frame of its own, with
// the same bytes as ours. It stores nothing and checks nobody: it is the mark, not a rival.

import { WebSocketServer } from "ws";

const server = new WebSocketServer({
  host: "127.0.0.1",
  port: Number(process.argv[2]),
  backlog: 2048,
});
let seq = 0;

server.on("connection", (socket) => {
  socket.on("error", () => {});
  socket.on("message", (data) => {
    const frame = JSON.parse(data);
    if (frame.type === "hello") {
      socket.send('{"type":"welcome","posts":[]}');
      return;
    }
    seq += 1;
    const post = {
      seq,
      rev: seq,
      id: frame.id,
      topic: 1,
      author: { id: 17, name: "Person 17", team: "Learning Services", host: false },
      at: new Date().toISOString(),
      html: frame.body,
      state: "shown",
      reactions: {},
    };
    const posts = { type: "posts", since: seq - 1, rev: seq, posts: [post] };
    const bytes = Buffer.from(JSON.stringify(posts));
    for (const client of server.clients) {
      if (client.readyState === client.OPEN) client.send(bytes, { binary: false });
    }
    socket.send(JSON.stringify({ type: "ack", ref: frame.id, rev: seq, seq }));
  });
});
