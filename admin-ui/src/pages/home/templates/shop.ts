/** A shop: everybody sees products, customers see and place only orders of their own. */
import { accounts, people, relation, text, times, turn } from "./parts.ts";
import { rowId, type Template } from "./template.ts";

const CUSTOMERS = "template_shop_u";
const CATEGORIES = "template_shop_c";
const PRODUCTS = "template_shop_p";
const PEOPLE = 4;
const KINDS = ["Kitchen", "Garden", "Office", "Outdoors"];
const GOODS: [string, number][] = [
  ["Kettle", 39], ["Watering can", 24], ["Desk lamp", 59], ["Two-person tent", 219],
  ["Bread knife", 32], ["Hand rake", 14], ["Notebook", 9], ["Sleeping bag", 129],
  ["Tea pot", 45], ["Plant pot", 12], ["Pencil set", 18], ["Headlamp", 39],
  ["Cutting board", 28], ["Garden gloves", 11], ["Stapler", 16], ["Camping stove", 64],
  ["Salad bowl", 34], ["Bird feeder", 22], ["Paper tray", 13], ["Trekking poles", 89],
];
const own = '@request.auth.id != "" && customer = @request.auth.id';

const template: Template = {
  collections: [
    {
      ...people(CUSTOMERS, "shop_customers"),
      listRule: "id = @request.auth.id",
      viewRule: "id = @request.auth.id",
    },
    {
      id: CATEGORIES,
      name: "shop_categories",
      type: "base",
      fields: [text("name", { required: true, presentable: true, max: 80 }), ...times],
      indexes: ["CREATE UNIQUE INDEX `idx_shop_categories_name` ON `shop_categories` (`name`)"],
      listRule: "",
      viewRule: "",
    },
    {
      id: PRODUCTS,
      name: "shop_products",
      type: "base",
      fields: [
        text("name", { required: true, presentable: true, max: 120 }),
        text("sku", { required: true, pattern: "^[A-Z]{3}-[0-9]{4}$" }),
        { name: "description", type: "editor" },
        { name: "price", type: "number", required: true, min: 0 },
        { name: "stock", type: "number", min: 0, onlyInt: true },
        { name: "offered", type: "bool" },
        relation("category", CATEGORIES, { required: true }),
        ...times,
      ],
      indexes: [
        "CREATE UNIQUE INDEX `idx_shop_products_sku` ON `shop_products` (`sku`)",
        "CREATE INDEX `idx_shop_products_category` ON `shop_products` (`category`, `price`)",
      ],
      search: { fields: { name: { weight: 3 }, description: {} } },
      listRule: "offered = true",
      viewRule: "offered = true",
    },
    {
      id: "template_shop_o",
      name: "shop_orders",
      type: "base",
      fields: [
        relation("customer", CUSTOMERS, { required: true }),
        relation("products", PRODUCTS, { required: true, maxSelect: 50 }),
        { name: "total", type: "number", min: 0 },
        { name: "status", type: "select", values: ["new", "paid", "sent", "returned"],
          maxSelect: 1, required: true },
        ...times,
      ],
      indexes: ["CREATE INDEX `idx_shop_orders_customer` ON `shop_orders` (`customer`, `status`)"],
      listRule: own,
      viewRule: own,
      createRule: `${own} && status = "new" && @request.body.total:isset = false`,
    },
  ],
  records: [
    { collection: "shop_customers", rows: accounts("shop", PEOPLE) },
    {
      collection: "shop_categories",
      rows: KINDS.map((name, at) => ({ id: rowId("category", at + 1), name })),
    },
    {
      collection: "shop_products",
      rows: GOODS.map(([name, price], at) => ({
        id: rowId("product", at + 1),
        name,
        sku: `${name.replace(/[^a-z]/gi, "").slice(0, 3).toUpperCase()}-${1000 + at}`,
        description: `<p>${name}, made to last.</p>`,
        price,
        stock: (at * 7) % 40,
        offered: at % 10 !== 9,
        category: turn("category", at, KINDS.length),
      })),
    },
    {
      collection: "shop_orders",
      rows: GOODS.map(([, price], at) => ({
        customer: turn("shopperson", at, PEOPLE),
        products: [rowId("product", at + 1), turn("product", at + 1, GOODS.length)],
        total: price + (GOODS[(at + 1) % GOODS.length]?.[1] ?? 0),
        status: ["new", "paid", "sent", "sent", "returned"][at % 5],
      })),
    },
  ],
};
export default template;
