/** Height of a chart in CSS pixels; known before uplot is loaded, so that nothing jumps. */
export const PLOT_HEIGHT = 148;
/** Left of the plot, for the figures of its axis; the marks above stand clear of it. */
export const AXIS_WIDTH = 58;
/** Right of the plot, so that the last time is not cut. */
export const RIGHT_PADDING = 16;
