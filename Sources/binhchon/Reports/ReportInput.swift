internal import Polling
internal import Schema

/// The counts that a report is made of, all of one revision of the ledger.
struct ReportInput: Sendable {
  typealias Row = Binhchon_V1_FigureRow

  var poll: Polling.Poll
  /// Whose figures: this unit with all below it.
  var unit: UnitPath
  var period: ReportPeriod
  var revision: UInt64
  var epoch: String
  /// Of the period.
  var total: Row
  var channels: [Row]
  /// By the unit's children, each with all below it.
  var units: [Row]
  /// By the very units that were voted on.
  var counters: [Row]
  /// By the spans of ``ReportPeriod/span``.
  var course: [Row]
  /// Of the days before the period.
  var before: Row
}

extension ReportInput {
  /// Asks for all figures, again where something was counted in between.
  ///
  /// - Parameter unit: empty: what the caller sees of the poll.
  /// - Throws: `ClientError` where the figures never stand still, or are left out in part: a share of what is left would
  ///   be a wrong one. And what the service throws.
  static func fetch(
    _ poll: String, unit: String, _ period: ReportPeriod, _ service: any PollingService
  ) async throws -> ReportInput {
    let definition = try Polling.Poll(try await service.poll(named: poll))
    func figures(
      _ days: ReportingPeriod, by dimensions: [Binhchon_V1_FigureDimension]
    ) async throws -> Binhchon_V1_GetFiguresResponse {
      var request = Binhchon_V1_GetFiguresRequest()
      (request.poll, request.unit) = (poll, unit)
      request.days = days.message
      request.groupBy = dimensions
      return try await service.getFigures(request)
    }
    for _ in 0..<5 {
      let channels = try await figures(period.days, by: [.channel])
      let units = try await figures(period.days, by: [.unit])
      let counters = try await figures(period.days, by: [.counter])
      let course = try await figures(period.days, by: [period.span.dimension])
      let before = try await figures(period.before, by: [])
      let all = [channels, units, counters, course, before]
      guard all.allSatisfy({ $0.revision == before.revision && $0.ledgerEpoch == before.ledgerEpoch }) else { continue }
      if let k = all.map(\.k).max(), k > 0 {
        throw ClientError(
          .notPermitted,
          Text(
            vi: "vai trò này chỉ thấy số liệu đã ẩn nhóm dưới \(k) người, không lập được báo cáo từ đó",
            en: "this role sees figures without groups under \(k) people, and no report can be made of those"),
          next: Text(vi: "nhờ kiểm toán viên hoặc quản trị viên lập", en: "ask an auditor or an administrator"),
          reason: "NOT_PUBLISHED")
      }
      let path: UnitPath
      do { path = try UnitPath(before.unit) } catch {
        throw ClientError(
          .protocol, Text(vi: "máy chủ gửi một đơn vị không hợp lệ", en: "the server sent a unit that is none"),
          why: Text(verbatim: error.description))
      }
      return ReportInput(
        poll: definition, unit: path, period: period, revision: before.revision, epoch: before.ledgerEpoch,
        total: channels.total, channels: channels.rows, units: units.rows, counters: counters.rows,
        course: course.rows, before: before.total)
    }
    throw ClientError(
      .tryAgain, Text(vi: "số liệu đổi trong khi lập báo cáo", en: "the figures changed while the report was made"),
      next: Text(vi: "lập lại khi vắng phiếu hơn", en: "try again when fewer ballots come in"))
  }

  /// The units right below, those without a ballot too, in the order of their paths.
  var places: [(path: String, row: Row?)] {
    let depth = unit.rawValue.utf8.count { $0 == UInt8(ascii: "/") } + 1
    let children = poll.units.map(\.path).filter {
      unit.contains($0) && $0.rawValue.utf8.count { $0 == UInt8(ascii: "/") } == depth
    }
    return Self.filled(children.map(\.rawValue), units)
  }

  /// The units without another one below, those without a ballot too.
  var desks: [(path: String, row: Row?)] {
    let within = poll.units.map(\.path).filter { unit.contains($0) }
    let leaves = within.filter { leaf in !within.contains { $0 != leaf && leaf.contains($0) } }
    return Self.filled(leaves.map(\.rawValue), counters)
  }

  /// The spans of the course, those without a ballot too.
  var spans: [(name: String, row: Row?)] {
    var names: [String] = []
    var day = period.days.start
    while day < period.days.end {
      let name = period.span.name(of: day)
      if names.last != name { names.append(name) }
      day = day.advanced(by: 1)
    }
    let rows = Dictionary(course.map { ($0.keys.first ?? "", $0) }) { first, _ in first }
    return names.map { ($0, rows[$0]) }
  }

  private static func filled(_ paths: [String], _ rows: [Row]) -> [(path: String, row: Row?)] {
    let known = Dictionary(rows.map { ($0.keys.first ?? "", $0) }) { first, _ in first }
    return Set(paths).union(known.keys).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.map { ($0, known[$0]) }
  }

  func name(of path: String) -> Text {
    guard let name = poll.units.first(where: { $0.path.rawValue == path })?.name else { return Text(verbatim: path) }
    return Text(name)
  }
}

extension CalendarSpan {
  var dimension: Binhchon_V1_FigureDimension {
    switch self {
    case .day: .day
    case .week: .week
    case .month: .month
    case .quarter: .quarter
    case .year: .year
    }
  }
}

extension LevelCounts {
  /// Nil: the question has no order, or the row is none.
  init?(_ question: Question, in row: ReportInput.Row?) {
    guard question.kind.isOrdered, let row else { return nil }
    let counted = row.questions.first { $0.question == question.id }
    self.init(question.choices.map { level in counted?.choices.first { $0.choice == level.code }?.count ?? 0 })
  }
}
