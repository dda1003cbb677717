internal import Polling

/// Charts as inline SVG. Colours are told apart by lightness too, and every number drawn stands in the table beside it.
enum ReportSVG {
  private static let width = 1_000
  /// From the worst level to the best.
  private static let shades = ["#b2182b", "#ef8a62", "#d9d9d9", "#67a9cf", "#2166ac"]

  static func write(_ chart: ReportChart, _ language: Language) -> String {
    switch chart {
    case .levels(let bars, let legend): levels(bars, legend, language)
    case .ranges(let ranges): self.ranges(ranges, language)
    case .course(let points, let baseline): course(points, baseline, language)
    }
  }

  private static func levels(_ bars: [ReportChart.Bar], _ legend: [Text], _ language: Language) -> String {
    let figures = Figures(language: language)
    var body = ""
    var y = 0
    for bar in bars {
      body += text(0, y + 15, "\(bar.label(language)) (n = \(Shown.count(bar.n)(language)))")
      y += 22
      if bar.shares.isEmpty { body += text(0, y + 17, Self.none(bar.n)(language), "faint") }
      var x = 0.0
      for (level, share) in bar.shares.enumerated() {
        let length = Double(share) / 10_000 * Double(width)
        body += "<rect x=\"\(number(x))\" y=\"\(y)\" width=\"\(number(length))\" height=\"26\" "
        body += "fill=\"\(shade(level, of: bar.shares.count))\"/>\n"
        if share >= 600 {
          let isDark = level == 0 || level == bar.shares.count - 1
          body += "<text x=\"\(number(x + length / 2))\" y=\"\(y + 18)\" text-anchor=\"middle\" "
          body += "style=\"fill:\(isDark ? "#fff" : "#1c2430")\">\(figures.percent(share))</text>\n"
        }
        x += length
      }
      y += 40
    }
    var x = 0
    for (level, label) in legend.enumerated() {
      body += "<rect x=\"\(x)\" y=\"\(y)\" width=\"14\" height=\"14\" fill=\"\(shade(level, of: legend.count))\"/>\n"
      body += text(x + 20, y + 12, label(language), "faint")
      x += 200
      if x + 180 > width { (x, y) = (0, y + 22) }
    }
    return svg(y + 22, body, Text(vi: "Tỷ lệ từng mức", en: "Shares of levels")(language))
  }

  private static func ranges(_ ranges: [ReportChart.Range], _ language: Language) -> String {
    let (left, right, row) = (260, width - 150, 26)
    func x(_ share: Double) -> Double { Double(left) + share * Double(right - left) }
    let height = ranges.count * row
    var body = grid(left, right, height, language)
    for (place, range) in ranges.enumerated() {
      let y = place * row + row / 2
      let colour = range.isRanked ? "#2166ac" : "#9aa7b5"
      body += "<text x=\"\(left - 12)\" y=\"\(y + 5)\" text-anchor=\"end\">"
      body += "\(ReportHTML.escaped(range.label(language)))</text>\n"
      if let interval = range.interval, let share = range.share {
        body += "<line x1=\"\(number(x(interval.lower)))\" x2=\"\(number(x(interval.upper)))\" y1=\"\(y)\" y2=\"\(y)\" "
        body += "stroke=\"\(colour)\" stroke-width=\"5\" stroke-opacity=\"0.4\" stroke-linecap=\"round\"/>\n"
        body += "<circle cx=\"\(number(x(share)))\" cy=\"\(y)\" r=\"5.5\" fill=\"\(colour)\"/>\n"
      }
      let words = range.share == nil ? Self.none(range.n)(language) : "n = \(Shown.count(range.n)(language))"
      body += text(right + 16, y + 5, words, "faint")
    }
    return svg(height + 26, body, Text(vi: "Tỷ lệ hài lòng và khoảng 95 %", en: "Shares and 95% intervals")(language))
  }

  private static func course(_ points: [ReportChart.Point], _ baseline: Double, _ language: Language) -> String {
    let figures = Figures(language: language)
    let (left, right, height) = (60, width - 20, 240)
    let ends = points.flatMap { [$0.share, $0.limits?.lower, $0.limits?.upper].compactMap { $0 } } + [baseline]
    // In tens of percent around what is drawn, so that small changes can be seen.
    let low = max(0, ((ends.min() ?? 0) * 10).rounded(.down) / 10)
    let high = min(1, max(low + 0.1, ((ends.max() ?? 1) * 10).rounded(.up) / 10))
    let step = Double(right - left) / Double(max(1, points.count))
    func x(_ place: Int) -> Double { Double(left) + (Double(place) + 0.5) * step }
    func y(_ share: Double) -> Double { 10 + (high - share) / (high - low) * Double(height - 20) }
    var body = ""
    for tenth in Int((low * 10).rounded())...Int((high * 10).rounded()) {
      let at = number(y(Double(tenth) / 10))
      body += "<line x1=\"\(left)\" x2=\"\(right)\" y1=\"\(at)\" y2=\"\(at)\" stroke=\"#e3e9ef\"/>\n"
      body += "<text x=\"\(left - 8)\" y=\"\(number(y(Double(tenth) / 10) + 4))\" text-anchor=\"end\" class=\"faint\">"
      body += "\(percent(tenth * 10, language))</text>\n"
    }
    for (place, point) in points.enumerated() {
      guard let limits = point.limits else { continue }
      let (top, bottom) = (y(limits.upper), y(limits.lower))
      body += "<rect x=\"\(number(x(place) - step / 2))\" y=\"\(number(top))\" width=\"\(number(step))\" "
      body += "height=\"\(number(bottom - top))\" fill=\"#67a9cf\" fill-opacity=\"0.22\"/>\n"
    }
    body += "<line x1=\"\(left)\" x2=\"\(right)\" y1=\"\(number(y(baseline)))\" y2=\"\(number(y(baseline)))\" "
    body += "stroke=\"#5a6878\" stroke-dasharray=\"6 5\"/>\n"
    var line: [String] = []
    func flush() {
      if line.count > 1 {
        body += "<polyline points=\"\(line.joined(separator: " "))\" fill=\"none\" stroke=\"#2166ac\" "
        body += "stroke-width=\"2\"/>\n"
      }
      line = []
    }
    for (place, point) in points.enumerated() {
      guard let share = point.share else {
        flush()
        continue
      }
      line.append("\(number(x(place))),\(number(y(share)))")
    }
    flush()
    // Names that would touch each other are left out.
    let every = max(1, Int((80 / step).rounded(.up)))
    for (place, point) in points.enumerated() {
      if let share = point.share {
        let isSignal = point.verdict == .belowLimit || point.verdict == .aboveLimit
        // Hollow: too few to judge.
        let fill = isSignal ? "#b2182b" : point.verdict == .tooFew ? "#ffffff" : "#2166ac"
        body += "<circle cx=\"\(number(x(place)))\" cy=\"\(number(y(share)))\" r=\"\(isSignal ? 7 : 4)\" "
        body += "fill=\"\(fill)\" stroke=\"\(isSignal ? "#b2182b" : "#2166ac")\" stroke-width=\"1.5\"><title>"
        body += "\(ReportHTML.escaped(point.name)): n = \(figures.count(point.n))</title></circle>\n"
      }
      if place.isMultiple(of: every) {
        body += "<text x=\"\(number(x(place)))\" y=\"\(height + 14)\" text-anchor=\"middle\" class=\"faint\">"
        body += "\(ReportHTML.escaped(point.name))</text>\n"
      }
    }
    return svg(height + 22, body, Text(vi: "Diễn biến trong kỳ", en: "Course of the period")(language))
  }

  /// In place of what cannot be drawn.
  private static func none(_ n: UInt64?) -> Text { n == nil ? Shown.absence(.suppressed) : Figures.noData }

  private static func grid(_ left: Int, _ right: Int, _ height: Int, _ language: Language) -> String {
    (0...5).map { fifth in
      let x = left + (right - left) * fifth / 5
      return "<line x1=\"\(x)\" x2=\"\(x)\" y1=\"0\" y2=\"\(height)\" stroke=\"#e3e9ef\"/>\n"
        + "<text x=\"\(x)\" y=\"\(height + 18)\" text-anchor=\"middle\" class=\"faint\">\(percent(fifth * 20, language))</text>\n"
    }.joined()
  }

  private static func percent(_ whole: Int, _ language: Language) -> String {
    Text(vi: "\(whole) %", en: "\(whole)%")(language)
  }

  private static func shade(_ level: Int, of levels: Int) -> String {
    levels == 1 ? shades[4] : shades[min(4, max(0, level * 4 / max(1, levels - 1)))]
  }

  private static func text(_ x: Int, _ y: Int, _ words: String, _ style: String? = nil) -> String {
    "<text x=\"\(x)\" y=\"\(y)\"\(style.map { " class=\"\($0)\"" } ?? "")>\(ReportHTML.escaped(words))</text>\n"
  }

  /// Coordinates to a tenth: no two machines write them differently.
  private static func number(_ value: Double) -> String {
    let tenths = Int((value * 10).rounded())
    return "\(tenths < 0 ? "-" : "")\(abs(tenths) / 10).\(abs(tenths) % 10)"
  }

  private static func svg(_ height: Int, _ body: String, _ label: String) -> String {
    "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(width) \(height)\" role=\"img\" "
      + "aria-label=\"\(ReportHTML.escaped(label))\">\n\(body)</svg>\n"
  }
}
