// Brings a file of orders into Luge and reports on them. It may be run again with the same or a
// longer file: an order is known by its number, and only what is new or different is written.
// LUGE_URL, LUGE_SUPERUSER_EMAIL and LUGE_SUPERUSER_PASSWORD name the server and a superuser.

import { readFileSync } from "node:fs";
import { filter, isLuge, isNotFound } from "@luge/client";
import { createAdminClient } from "@luge/client/admin";

const { LUGE_URL = "http://127.0.0.1:8090", LUGE_SUPERUSER_EMAIL, LUGE_SUPERUSER_PASSWORD } =
  process.env;
const db = createAdminClient(LUGE_URL);
const orders = db.from("orders");

try {
  await db.auth("_superusers").password(LUGE_SUPERUSER_EMAIL, LUGE_SUPERUSER_PASSWORD);
  await prepare();
  await bring(readOrders(process.argv[2]));
  await report();
} catch (error) {
  if (!isLuge(error)) throw error;
  const fields = Object.entries(error.fields);
  const reasons = fields.map(([name, { message }]) => `\n  ${name}: ${message}`);
  console.error(`${error.message}${reasons.join("")} (request ${error.requestId ?? "not sent"})`);
  process.exitCode = 1;
}

async function prepare() {
  try {
    await db.collections.get("orders");
  } catch (error) {
    if (!isNotFound(error)) throw error;
    await db.collections.create({
      name: "orders",
      fields: [
        { name: "number", type: "number", required: true },
        { name: "customer", type: "text", required: true },
        { name: "placed", type: "date", required: true },
        { name: "total", type: "number", min: 0 },
      ],
      indexes: ["CREATE UNIQUE INDEX idx_orders_number ON orders (number)"],
    });
  }
}

async function bring(given) {
  const counts = { created: 0, changed: 0, unchanged: 0 };
  const known = new Map();
  for await (const order of orders.all()) known.set(order.number, order);
  for (const order of given) {
    const before = known.get(order.number);
    if (before === undefined) {
      await orders.create(order, { idempotencyKey: `order-${order.number}` });
      counts.created += 1;
    } else if (before.customer !== order.customer || before.total !== order.total) {
      // Whoever changed it meanwhile is not overwritten.
      await orders.update(before.id, order, { ifMatch: await orders.get(before.id) });
      counts.changed += 1;
    } else counts.unchanged += 1;
  }
  console.log(Object.entries(counts).map(([what, count]) => `${count} ${what}`).join(", "));
}

async function report() {
  const { items } = await orders.aggregate({
    group: ["placed:month"],
    sum: ["total"],
    sort: ["group.placed:month"],
  });
  for (const { count, group, sum } of items) {
    console.log(`${group["placed:month"]}: ${count} orders, ${sum.total.toFixed(2)}`);
  }
  const large = await orders.where(filter`total >= ${50}`).orderBy("-total").page(1, 3);
  for (const { number, customer, total } of large.items) {
    console.log(`large: ${number} of ${customer}, ${total.toFixed(2)}`);
  }
}

function readOrders(file) {
  const [head, ...lines] = readFileSync(file, "utf8").trim().split(/\r?\n/);
  const names = head.split(",");
  return lines.map((line) => {
    const values = line.split(",");
    const order = Object.fromEntries(names.map((name, at) => [name, values[at]]));
    return { ...order, number: Number(order.number), total: Number(order.total) };
  });
}
