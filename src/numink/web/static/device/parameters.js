// Constants of the reader: written by deploy/browser_constants.py from the Python parameters. Do not edit.

export const binarization = {
  maxWorkingSide: 1280,
  minWorkingSide: 480,
  maxFineSide: 1600,
  fineStroke: 2.5,
  finePresent: 0.5,
  fineSquare: 11,
  fineStrength: 0.8,
  fineLeastHeight: 6,
  fineLeastCount: 60,
  workingSquare: 37,
  searchSide: 192,
  squares: [3, 5, 7, 11, 17, 25, 37, 55, 81, 121, 181],
  strong: 0.7,
  present: 0.35,
  growth: 1.2,
  backgroundShare: 0.5,
  maxSquare: 12,
  minContrast: 0.07,
  darkestPaper: 60,
  minSmoothedSide: 150,
  edgeMargin: 0.02,
};

export const ruledLines = {
  threshold: 0.35,
  edgeDistance: 0.015,
  unbroken: 0.8,
  frameDepth: 0.015,
};

export const components = {
  foregroundThreshold: 0.4,
  leastSide: 3,
  leastArea: 5,
  mostComponents: 4000,
  mostOverlap: 3.0,
  greatestMarginLineAspect: 0.2,
};

export const glyph = {
  side: 28,
  digitSide: 20,
  leastPenWidth: 1.6,
  edgeThreshold: 0.2,
  penThreshold: 0.5,
  greatestReach: 16,
  greatestSide: 160,
  mostScanGrey: 0.02,
  greatestScanSide: 80,
  scanBlur: 0.8,
};

export const answer = {
  digitCount: 10,
  mostAlternatives: 3,
  leastAlternative: 0.0001,
};

export const textLine = {
  speckSide: 0.06,
  markHeight: 0.3,
  tallHeight: 0.5,
  topGap: 0.25,
  greatestTopOverlap: 0.3,
  sharedTopColumns: 0.5,
  greatestTopHeight: 1.15,
  hangingHeight: 0.6,
  hangingDistance: 0.4,
  sharedRows: 0.35,
  greatestGap: 6.0,
  markDistance: 1.0,
  markOverhang: 0.1,
  greatestSlope: 0.35,
  leastSlopedWidth: 3.0,
  stackedColumns: 0.7,
  countedWidth: 0.0,
  gap: 0.9,
};

export const lineImage = {
  height: 40,
  bodyHeight: 28,
  frameWidth: 4,
  margin: 8,
  leastPenWidth: 2.0,
  greatestWidth: 1600,
  blur: 0.35,
  blurGain: 1.15,
};

export const ctc = {
  characters: "0123456789!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~\u20ac\u00a3\u00d7\u00b0ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz\ufffd",
  otherMark: "\ufffd",
  beamWidth: 20,
  leastProbability: 0.001,
};
