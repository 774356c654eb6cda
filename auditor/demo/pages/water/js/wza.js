// 水务局的工具条：打得开，关得上，放大按钮什么也不做。
(function () {
  var entrance = document.getElementById("wza-open"), bar = null;
  entrance.addEventListener("click", function () {
    if (bar) {
      bar.remove();
      bar = null;
      return;
    }
    bar = document.createElement("div");
    bar.className = "bar";
    ["放大", "缩小", "关闭"].forEach(function (words) {
      var one = document.createElement("button");
      one.type = "button";
      one.textContent = words;
      if (words === "关闭") one.addEventListener("click", function () { bar.remove(); bar = null; entrance.focus(); });
      bar.appendChild(one);
    });
    entrance.parentNode.insertAdjacentElement("afterend", bar);
  });
})();
