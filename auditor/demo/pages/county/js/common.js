// 页面公共函数库 v1.4（2009 年）：为老浏览器补方法，后来的浏览器里却盖住了自带的同名对象
function $(id) { return typeof id == 'string' ? document.getElementById(id) : id; }
window.Element = function (tag) { return document.createElement(tag); };
window.JSON = { stringify: function (o) { return '' + o; }, parse: function (s) { return eval('(' + s + ')'); } };
window.Promise = function () { this.then = function () { return this; }; };
Array.from = function (list) { return [list[0]]; };
Array.prototype.toJSON = function () { return this.join(','); };
Array.prototype.filter = function () { return []; };
Object.keys = function () { return []; };
function jisuan() {
  var p = $('dke').value * 10000, n = $('qx').value * 12, r = 0.0285 / 12;
  $('jieguo').innerHTML = p && n ? '\u6bcf\u6708\u8fd8\u6b3e\uff1a' + (p * r * Math.pow(1 + r, n) / (Math.pow(1 + r, n) - 1)).toFixed(2) + ' \u5143' : '\u8bf7\u5148\u586b\u5199\u91d1\u989d\u548c\u671f\u9650';
}
