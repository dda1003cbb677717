internal import Polling
internal import Schema

extension ReportInput {
  /// Of days with both ends.
  static func fetch(
    _ poll: String, unit: String, rollUpTo: Day? = nil, _ period: ReportPeriod, _ service: any PollingService
  ) async throws -> ReportInput {
    try await fetch(poll, unit: unit, rollUpTo: rollUpTo, .days(period), service)
  }

  /// Asks for all figures, again where something was counted or published in between.
  ///
  /// - Parameters:
  ///   - unit: empty: what the caller sees of the poll.
  ///   - rollUpTo: count what was voted on former units for their successors, by the registry of units of this day.
  /// - Throws: `ClientError` where the figures never stand still, are left out in part though days were asked for, or none
  ///   are published yet. And what the service throws.
  static func fetch(
    _ poll: String, unit: String, rollUpTo: Day? = nil, _ time: ReportTime, _ service: any PollingService
  ) async throws -> ReportInput {
    let told = try await service.poll(named: poll)
    var definition = try Polling.Poll(told)
    // A report says what is left out of figures, whatever the newest version says of it.
    if told.kInForce > 0 { definition.policy.smallestGroup = told.kInForce }
    let fetch = ReportFetch(poll: definition, unit: unit, rollUpTo: rollUpTo, service: service)
    for _ in 0..<5 {
      let input: ReportInput?
      switch time {
      case .days(let period): input = try await fetch.counted(.days(period.days.message), period)
      case .window(let window): input = try await fetch.input(window)
      }
      if let input { return input }
    }
    throw ClientError(
      .tryAgain, Text(vi: "số liệu đổi trong khi lập báo cáo", en: "the figures changed while the report was made"),
      next: Text(vi: "lập lại khi vắng phiếu hơn", en: "try again when fewer ballots come in"))
  }
}

/// One try to get the figures of a report. Nil everywhere: they are not of one revision.
private struct ReportFetch {
  typealias Period = Binhchon_V1_GetFiguresRequest.OneOf_Period
  typealias Answer = Binhchon_V1_GetFiguresResponse

  var poll: Polling.Poll
  var unit: String
  var rollUpTo: Day?
  var service: any PollingService

  /// Of a window: what is published of it to this caller, or all that was counted on its days.
  func input(_ window: Binhchon_V1_Window) async throws -> ReportInput? {
    let units = try await figures(.window(window), by: [.unit])
    guard units.k > 0 else {
      guard let start = Day(iso: units.days.from), let end = Day(iso: units.days.to),
        let period = ReportingPeriod(start: start, end: end).flatMap(ReportPeriod.init)
      else { return try await counted(.window(window), nil) }
      return try await counted(.days(period.days.message), period)
    }
    let counters = try await figures(.window(window), by: [.counter])
    guard Self.areOfOneRevision([units, counters]), units.asOfMs == counters.asOfMs else { return nil }
    guard units.revision > 0 else {
      throw ClientError(
        .tryAgain, Text(vi: "chưa công bố số liệu nào", en: "nothing is published yet"),
        why: Figures.leftOut(k: units.k, from: units.publishedFrom),
        next: Text(vi: "thử lại vào ngày sau", en: "try again on a later day"), reason: "NOT_PUBLISHED")
    }
    let start = Day(iso: units.days.from)
    let end = Day(iso: units.days.to)
    let days = start.flatMap { start in end.flatMap { ReportingPeriod(start: start, end: $0) } }
    return ReportInput(
      poll: poll, unit: try path(units), period: days.flatMap(ReportPeriod.init), revision: units.revision,
      epoch: units.ledgerEpoch,
      publication: .init(k: units.k, asOf: units.asOfMs, firstDay: units.publishedFrom), total: units.total,
      channels: [], units: units.rows, counters: counters.rows, course: [], before: nil)
  }

  /// - Parameter period: nil: everything.
  func counted(_ asked: Period, _ period: ReportPeriod?) async throws -> ReportInput? {
    let channels = try await figures(asked, by: [.channel])
    let units = try await figures(asked, by: [.unit])
    let counters = try await figures(asked, by: [.counter])
    var all = [channels, units, counters]
    if let period {
      all.append(try await figures(asked, by: [period.span.dimension]))
      all.append(try await figures(.days(period.before.message), by: []))
    }
    guard Self.areOfOneRevision(all) else { return nil }
    // A share of what is left of these would be a wrong one.
    if let k = all.map(\.k).max(), k > 0 { throw Self.notPublished(k) }
    return ReportInput(
      poll: poll, unit: try path(channels), period: period, revision: channels.revision, epoch: channels.ledgerEpoch,
      total: channels.total, channels: channels.rows, units: units.rows, counters: counters.rows,
      course: period == nil ? [] : all[3].rows, before: period == nil ? nil : all[4].total,
      rollUp: try await rollUp(all.contains(where: \.total.endedUnits)))
  }

  private func rollUp(_ hasUnitsThatEnded: Bool) async throws -> ReportInput.RollUp? {
    guard let rollUpTo else { return nil }
    let units = UnitTree(try await service.getRegistry().value).subtree(on: rollUpTo)
    let names = Dictionary(units.map { ($0.path.rawValue, $0.unit.name) }) { first, _ in first }
    return .init(day: rollUpTo, names: names, hasUnitsThatEnded: hasUnitsThatEnded)
  }

  private func figures(_ period: Period, by dimensions: [Binhchon_V1_FigureDimension]) async throws -> Answer {
    var request = Binhchon_V1_GetFiguresRequest()
    (request.poll, request.unit) = (poll.id.rawValue, unit)
    request.period = period
    request.groupBy = dimensions
    request.rollUpTo = rollUpTo?.description ?? ""
    return try await service.getFigures(request)
  }

  private static func areOfOneRevision(_ answers: [Answer]) -> Bool {
    answers.allSatisfy { $0.revision == answers[0].revision && $0.ledgerEpoch == answers[0].ledgerEpoch }
  }

  private func path(_ answer: Answer) throws -> UnitPath {
    do { return try UnitPath(answer.unit) } catch {
      throw ClientError(
        .protocol, Text(vi: "máy chủ gửi một đơn vị không hợp lệ", en: "the server sent a unit that is none"),
        why: Text(verbatim: error.description))
    }
  }

  private static func notPublished(_ k: UInt32) -> ClientError {
    ClientError(
      .notPermitted,
      Text(
        vi: "vai trò này chỉ thấy số liệu công bố, ẩn nhóm dưới \(k) người, và kỳ này không có trong đó",
        en: "this role sees published figures only, without groups under \(k) people, and this period is none of them"),
      next: windows, reason: "NOT_PUBLISHED")
  }

  private static let windows = Text(
    vi: "dùng --period total, this-month, this-week, yesterday hoặc today, hoặc nhờ kiểm toán viên lập",
    en: "use --period total, this-month, this-week, yesterday or today, or ask an auditor")
}
