internal import Polling
internal import Schema

extension SliceQuery {
  init(_ request: Binhchon_V1_GetFiguresRequest, unit: UnitPath, today: Day) throws(Refusal) {
    var dimensions: [Dimension] = []
    for dimension in try few(request.groupBy, FigureService.mostDimensions, "group_by") {
      guard let dimension = Dimension(dimension), !dimensions.contains(dimension) else {
        throw .invalid([Violation("group_by", "names an unknown dimension, or one twice")])
      }
      dimensions.append(dimension)
    }
    let channels = try Set(request.channels, field: "channels")
    var procedures: Set<ProcedureCode?> = []
    for code in try few(request.procedures, FigureService.mostFilters, "procedures") {
      do {
        procedures.insert(code.isEmpty ? nil : try ProcedureCode(code))
      } catch { throw .invalid([Violation("procedures", error.problem)]) }
    }
    var sources: Set<String> = []
    for source in try few(request.kiosks, FigureService.mostFilters, "kiosks") {
      // Longer than any certificate's name, and what is hashed is to be short and plain.
      guard source.utf8.count <= 1_024, source.utf8.allSatisfy({ $0 < 0x80 }) else {
        throw .invalid([Violation("kiosks", "name one as no certificate does")])
      }
      sources.insert(source)
    }
    self.init(
      unit: unit, period: try OpenPeriod(request, today: today), channels: channels,
      procedures: procedures.isEmpty ? nil : procedures, sources: sources.isEmpty ? nil : sources,
      dimensions: dimensions)
  }
}

private func few<Element>(_ elements: [Element], _ most: Int, _ field: String) throws(Refusal) -> [Element] {
  guard elements.count <= most else { throw .invalid([Violation(field, "are more than \(most)")]) }
  return elements
}

extension Set<Channel> {
  /// Nil: all of them.
  init?(_ channels: [Binhchon_V1_Channel], field: String) throws(Refusal) {
    self.init()
    for channel in try few(channels, Channel.allCases.count, field) {
      guard let channel = try Channel(channel, field: field) else { throw .invalid([Violation(field, "names none")]) }
      insert(channel)
    }
    if isEmpty { return nil }
  }
}

extension OpenPeriod {
  fileprivate init(_ request: Binhchon_V1_GetFiguresRequest, today: Day) throws(Refusal) {
    switch request.period {
    case nil: self.init()
    case .days(let range):
      func day(_ text: String, _ field: String) throws(Refusal) -> Day? {
        if text.isEmpty { return nil }
        guard let day = Day(iso: text) else {
          throw .invalid([Violation("days.\(field)", "must be a day, yyyy-mm-dd")])
        }
        return day
      }
      self.init(start: try day(range.from, "from"), end: try day(range.to, "to"))
      if let start, let end, end <= start { throw .invalid([Violation("days.to", "is not after days.from")]) }
    case .window(let window):
      guard let window = UInt8(exactly: window.rawValue).flatMap(Window.init) else {
        throw .invalid([Violation("window", "is none we know")])
      }
      self.init(window, today: today)
    }
  }
}

extension SliceQuery.Dimension {
  init?(_ message: Binhchon_V1_FigureDimension) {
    switch message {
    case .counter: self = .counter
    case .unit: self = .unit
    case .procedure: self = .procedure
    case .kiosk: self = .kiosk
    case .channel: self = .channel
    case .day: self = .day
    case .week: self = .week
    case .month: self = .month
    case .quarter: self = .quarter
    case .year: self = .year
    case .unspecified, .UNRECOGNIZED: return nil
    }
  }
}

extension SliceFigures {
  var message: Binhchon_V1_GetFiguresResponse {
    var message = Binhchon_V1_GetFiguresResponse()
    message.unit = query.unit.rawValue
    message.days.from = query.period.start?.description ?? ""
    message.days.to = query.period.end?.description ?? ""
    message.rows = rows.map(\.message)
    message.total = total.message
    return message
  }
}

extension SliceFigures.Row {
  fileprivate var message: Binhchon_V1_FigureRow {
    var message = Binhchon_V1_FigureRow()
    message.keys = labels.map(\.description)
    message.ballots = UInt64(clamping: ballots)
    message.flaggedBallots = UInt64(clamping: flaggedBallots)
    message.boundBallots = UInt64(clamping: boundBallots)
    message.lateBallots = UInt64(clamping: lateBallots)
    message.singleEntryBallots = UInt64(clamping: singleEntryBallots)
    message.questions = questions.map(\.message)
    message.endedUnits = hasUnitsThatEnded
    return message
  }
}
