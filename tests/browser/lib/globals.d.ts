/** In the page, see inside.mjs: the first element inside the first playground that matches. */
declare function inside(selector: string): any;
