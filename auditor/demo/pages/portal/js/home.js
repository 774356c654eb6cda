var slideNow = 0;
function slide(step) {
  var strip = document.querySelector('#slides ul');
  slideNow = (slideNow + step + 3) % 3;
  strip.scrollLeft = 640 * slideNow;
}
