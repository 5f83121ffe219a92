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

  "start.title": "第一步",
  "start.create": "创建集合",
  "start.createText": "为它命名、添加字段，并决定谁可以使用。",
  "start.import": "导入数据",
  "start.importText": "一条命令即可将 CSV、JSON 和 NDJSON 变成集合。",
  "start.connect": "连接应用",
  "start.connectText": "客户端提供带类型的记录和登录功能。",
  "start.done": "已完成",
  "start.toDo": "待办",
};
