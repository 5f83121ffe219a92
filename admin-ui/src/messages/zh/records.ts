/** 记录。 */
export const records = {
  "records.title": "{name} 的记录",
  "records.filter": "筛选",
  "records.filterPlaceholder": "筛选，例如：{example}",
  "records.apply": "应用",
  "records.clear": "清除筛选",
  "records.new": "新建记录",
  "records.refresh": "重新加载",
  "records.empty": "还没有记录",
  "records.emptyText": "通过 API 或导入创建的记录会显示在这里。",
  "records.noMatch": "没有符合筛选条件的记录",
  "records.noMatchText": "更改或清除筛选以查看更多。",
  "records.badFilter": "此筛选无法使用",
  "records.badFilterText":
    "用 =\u00a0!=\u00a0>\u00a0>=\u00a0<\u00a0<=\u00a0~\u00a0!~ 将字段与值比较；" +
    "用 && 或 || 连接多个条件。例如：",
  "records.total.one": "{count} 条记录",
  "records.total.other": "{count} 条记录",
  "records.counting": "正在计数…",
  "records.missing": "没有名为 {name} 的集合。",
  "records.view": "视图的记录暂时无法列出。",

  "cell.empty": "空",
  "cell.yes": "是",
  "cell.no": "否",
};
