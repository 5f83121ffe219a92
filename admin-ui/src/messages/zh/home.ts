/** 首页。 */
export const home = {
  "home.title": "集合",
  "home.name": "名称",
  "home.type": "类型",
  "home.access": "谁可以读取",
  "home.fields": "字段",
  "home.records": "记录",
  "home.empty": "还没有集合",
  "home.emptyText": "集合是一组具有相同字段的记录，并有自己的 API。",
};
