/** Markdown 文本。 */
export const markdown = {
  "markdown.show": "以 Markdown 编辑并预览",
  "markdown.previewOf": "{name} 的预览",
  "markdown.empty": "暂无内容。",
  "markdown.unreadable": "此文本无法以 Markdown 显示：嵌套过深。",
  "markdown.cut": "这里只显示前 {most} 个字符。",
};
