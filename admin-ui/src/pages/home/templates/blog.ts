/** A blog: authors write posts, whoever is signed in as one may comment on what is published. */
import { accounts, people, relation, text, times, turn } from "./parts.ts";
import { rowId, type Template } from "./template.ts";

const AUTHORS = "template_blog_a";
const POSTS = "template_blog_p";
const PEOPLE = 4;

const TITLES = [
  "Why we moved our store to one file", "A week without meetings", "What a good changelog says",
  "Reading logs like a novel", "Ten small tools we kept", "Names are interfaces",
  "The first hour after a release", "How we price a feature", "Notes on a slow query",
  "Writing for people in a hurry", "A backup nobody restored", "Colours that everybody can see",
  "Three ways to say no", "Our longest outage", "From idea to draft in a day",
  "What tests do not tell you", "Keeping a promise to old clients", "A keyboard for everything",
  "The case for boring dates", "One page that explains it all",
];
const WORDS = [
  "This helped me a lot, thank you.", "I would have done it the other way round.",
  "Could you say more about the third point?", "We ran into the same thing last year.",
  "Short and clear.", "Is there a talk about it?", "The example does not work for me.",
  "Looking forward to the next part.", "I sent this to my whole team.", "Well said.",
];
const TAGS = ["engineering", "product", "writing", "people"];
const slug = (title: string) => title.toLowerCase().replace(/[^a-z0-9]+/g, "-");

const template: Template = {
  collections: [
    people(AUTHORS, "blog_authors"),
    {
      id: POSTS,
      name: "blog_posts",
      type: "base",
      fields: [
        text("title", { required: true, presentable: true, max: 160 }),
        text("slug", { required: true, pattern: "^[a-z0-9-]+$" }),
        { name: "body", type: "editor" },
        { name: "status", type: "select", values: ["draft", "published"], maxSelect: 1,
          required: true },
        { name: "tags", type: "select", values: TAGS, maxSelect: TAGS.length },
        relation("author", AUTHORS, { required: true, cascadeDelete: true }),
        { name: "published", type: "date" },
        ...times,
      ],
      indexes: [
        "CREATE UNIQUE INDEX `idx_blog_posts_slug` ON `blog_posts` (`slug`)",
        "CREATE INDEX `idx_blog_posts_published` ON `blog_posts` (`status`, `published`)",
      ],
      search: { fields: { title: { weight: 3 }, body: {} } },
      listRule: 'status = "published" || author = @request.auth.id',
      viewRule: 'status = "published" || author = @request.auth.id',
      createRule: '@request.auth.id != "" && author = @request.auth.id',
      updateRule: '@request.auth.id != "" && author = @request.auth.id',
      deleteRule: '@request.auth.id != "" && author = @request.auth.id',
    },
    {
      id: "template_blog_c",
      name: "blog_comments",
      type: "base",
      fields: [
        relation("post", POSTS, { required: true, cascadeDelete: true }),
        relation("author", AUTHORS, { required: true, cascadeDelete: true }),
        text("text", { required: true, presentable: true, max: 2000 }),
        ...times,
      ],
      indexes: ["CREATE INDEX `idx_blog_comments_post` ON `blog_comments` (`post`)"],
      listRule: 'post.status = "published"',
      viewRule: 'post.status = "published"',
      createRule:
        '@request.auth.id != "" && author = @request.auth.id && post.status = "published"',
      updateRule: '@request.auth.id != "" && author = @request.auth.id',
      deleteRule:
        '@request.auth.id != "" && (author = @request.auth.id || post.author = @request.auth.id)',
    },
  ],
  records: [
    { collection: "blog_authors", rows: accounts("blog", PEOPLE) },
    {
      collection: "blog_posts",
      rows: TITLES.map((title, at) => ({
        id: rowId("post", at + 1),
        title,
        slug: slug(title),
        body: `<p>${title}: what we learned, and what we would do again.</p><p>Write on here.</p>`,
        status: at % 5 === 4 ? "draft" : "published",
        tags: [TAGS[at % TAGS.length], TAGS[(at + 1) % TAGS.length]],
        author: turn("blogperson", at, PEOPLE),
        published: at % 5 === 4 ? "" : `2026-0${(at % 9) + 1}-1${at % 10} 09:00:00.000Z`,
      })),
    },
    {
      collection: "blog_comments",
      rows: TITLES.map((_, at) => ({
        post: turn("post", at * 3, TITLES.length),
        author: turn("blogperson", at + 1, PEOPLE),
        text: WORDS[at % WORDS.length],
      })),
    },
  ],
};
export default template;
