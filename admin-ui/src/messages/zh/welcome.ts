/** 服务器的初始设置：表单之后的步骤，以及替代表单的方式。 */
export const welcome = {
  "elsewhere.title": "已有备份，或来自 PocketBase？",
  "elsewhere.backup": "恢复备份的全部内容，需要上方的设置码：",
  "elsewhere.backupText": "之后由备份中的超级用户登录，无需设置。在服务器的终端中则使用：",
  "elsewhere.file": "选择备份",
  "elsewhere.fileHelp": "会先完整读取并检查。经您确认后才会更改。",
  "elsewhere.sending": "正在发送并检查 {name}（{size}）…",
  "elsewhere.nobody": "其中没有超级用户：服务器将再次等待设置，并使用新的设置码。",
  "elsewhere.restore": "恢复此备份",
  "elsewhere.restored": "备份已恢复，服务器正在重新启动。稍后即可登录。",
  "elsewhere.restoredEmpty": "备份已恢复，服务器正在重新启动，并会显示新的设置码。",
  "elsewhere.pocketbase": "在启动服务器之前读取 PocketBase 的数据文件夹：",
  "elsewhere.pocketbaseText": "集合、记录、文件、设置和超级用户都会一并带来。",

  "welcome.title": "添加通行密钥",
  "welcome.intro": "您已登录。有了通行密钥，下次可用此设备的指纹、面容或 PIN 登录。",
  "welcome.add": "添加通行密钥",
  "welcome.skip": "暂不添加",
  "welcome.address": "通行密钥绑定到应用地址。该地址现在是 {app}，添加后将变为 {here}。",
};
