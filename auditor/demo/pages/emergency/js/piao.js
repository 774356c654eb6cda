// 飘窗、滚动公告：按编号找到，就让它动起来；有“暂停”“关闭”按钮的，按钮管用。
(function () {
  function still(id, act) {
    var button = document.getElementById(id);
    if (button) button.onclick = act;
  }
  var piao = document.getElementById("xuanfu"), x = 10, y = 20, dx = 2, dy = 1;
  if (piao) {
    var drift = setInterval(function () {
      x += dx; y += dy;
      if (x < 5 || x > 720) dx = -dx;
      if (y < 5 || y > 170) dy = -dy;
      piao.style.left = x + "px"; piao.style.top = y + "px";
    }, 40);
    still("xuanfu-guanbi", function () { clearInterval(drift); piao.remove(); });
  }
  var rolling = document.getElementById("gundong");
  if (rolling) {
    var roll = setInterval(function () {
      rolling.scrollTop = rolling.scrollTop + 1 >= rolling.scrollHeight - rolling.clientHeight ? 0 : rolling.scrollTop + 1;
    }, 50);
    still("gundong-zanting", function () { clearInterval(roll); });
  }
  ["zuo", "you"].forEach(function (side) {
    still("lian-" + side + "-guanbi", function () { document.getElementById("lian-" + side).remove(); });
  });
})();
