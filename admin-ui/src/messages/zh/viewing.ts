/** 以他人身份查看表格。 */
export const viewing = {
  "viewing.label": "以他人身份查看…",
  "viewing.view": "查看",
  "viewing.help": "整个表格都将受所选身份的规则约束：列表、搜索、计数、导出和修改。",
  "viewing.guest": "访客",
  "viewing.record": "{collection} 的 {name}",
  "viewing.as": "您正以{name}的身份查看此表格。",
  "viewing.text": "您在此处的修改也受其权限约束。只有以您自己的身份才能打开记录。",
  "viewing.leave": "恢复自己的身份",
  "viewing.failed": "无法以此身份查看表格：{reason}",
  "viewing.unreadable": "“{as}”不是任何帐户。应为 guest，或集合与 id，例如 users/ID。",
  "viewing.notOpened": "只有以您自己的身份才能打开记录。请先恢复自己的身份。",
};
