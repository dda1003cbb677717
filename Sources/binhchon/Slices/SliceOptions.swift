import ArgumentParser
internal import Schema

/// Which slices of figures.
struct SliceOptions: ParsableArguments {
  /// Several with commas between them.
  struct Words: ExpressibleByArgument {
    var words: [SliceWord]

    init?(argument: String) {
      let words = argument.split(separator: ",", omittingEmptySubsequences: false).map {
        SliceWord(argument: String($0))
      }
      guard !words.isEmpty, words.count <= 4, words.allSatisfy({ $0 != nil }) else { return nil }
      self.words = words.compactMap { $0 }
      guard self.words.indices.allSatisfy({ !self.words[..<$0].contains(self.words[$0]) }) else { return nil }
    }

    static var allValueStrings: [String] { SliceWord.allValueStrings }
  }

  @Option(
    help: .text(
      vi: "Mỗi dòng một lát cắt, tối đa bốn cách chia, nối bằng dấu phẩy.",
      en: "A row per slice, by four of these at most, with commas between them.", value: "by,by"))
  var by: Words?

  @Option(
    help: .text(
      vi: "Kỳ: 2024, 2024-Q1, 2024-H1, 2024-9M, 2024-03, 2024-03-31, TỪ..ĐẾN (cả hai ngày), today, this-week ….",
      en: "Period: 2024, 2024-Q1, 2024-H1, 2024-9M, 2024-03, 2024-03-31, FROM..TO (both days), today, this-week ….",
      value: "period"))
  var period: PeriodWord?

  @Option(
    help: .text(
      vi: "Chỉ thủ tục này; lặp lại được.", en: "This procedure only; may be repeated.", value: "code"))
  var procedure: [String] = []

  @Option(
    help: .text(
      vi: "Chỉ máy này (vai trò/đơn vị/tên); lặp lại được.",
      en: "This kiosk only (role/unit/name); may be repeated.", value: "kiosk"))
  var kiosk: [String] = []

  @Option(
    help: .text(
      vi: "Tính phiếu của đơn vị cũ cho đơn vị kế thừa, theo danh mục đơn vị của ngày này.",
      en: "Count what was voted on former units for their successors, by the units of this day.",
      value: "yyyy-mm-dd"))
  var rollUpTo: String = ""

  /// Otherwise a tally of windows will do.
  var areAsked: Bool {
    by != nil || period != nil || !procedure.isEmpty || !kiosk.isEmpty || !rollUpTo.isEmpty
  }

  func tell(
    _ which: TallyOptions, asCSV: Bool, _ service: any PollingService, _ console: Console
  ) async throws -> SysExit {
    let dimensions = by?.words ?? []
    var request = Binhchon_V1_GetFiguresRequest()
    request.poll = which.poll
    request.unit = which.unit
    if let channel = which.channel { request.channels = [channel.channel] }
    request.procedures = procedure
    request.kiosks = kiosk
    request.period = period?.period
    request.groupBy = dimensions.map(\.dimension)
    request.rollUpTo = rollUpTo
    let figures = try await service.getFigures(request)
    if asCSV {
      try console.printVerbatim(SliceRecord.csv(figures, dimensions))
      return .ok
    }
    let poll = try await service.poll(named: which.poll)
    if console.json {
      for row in figures.rows { try console.print(json: SliceRecord(row, of: figures, dimensions, poll)) }
      try console.print(json: SliceRecord(figures.total, of: figures, [], poll))
      return .ok
    }
    for line in SliceTable.lines(figures, poll, dimensions, console.figures) { try console.print(line) }
    return .ok
  }
}
