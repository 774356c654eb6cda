document.getElementById('dl-time').textContent = '系统已就绪，请在十分钟内完成登录';
document.getElementById('eye').addEventListener('click', function () {
  var field = document.getElementById('mm');
  field.type = field.type === 'password' ? 'text' : 'password';
});
