export interface Schema {
  posts: { record: { title: string } };
  users: { record: { email: string } };
}
