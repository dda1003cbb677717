import Polling
import SeededRandom
import Testing

@testable import Paper

/// The quick way through a file against the way row by row, which a file takes that has every cell in quotes: whatever
/// stands in a cell, both say the same.
@Suite(.timeLimit(.minutes(5))) struct PlainLaneTests {
  static let heading = ["Tờ", "Đơn vị", "Ngày", "Câu hỏi", "Mức", "Số phiếu", "Số phiếu thu về", "Ghi chú"]
  static let levels = ["RHL", "Hài lòng", "Bình thường", "Không hài lòng", "rất không hài lòng"]
  /// More than the rows that are looked at first, which are read one by one.
  static let before = 110

  /// A sheet that nothing is wrong with.
  static func sheet(_ number: Int, counts: [Int] = [40, 31, 22, 13, 4]) -> [[String]] {
    zip(levels, counts).map { level, count in
      [
        "T-\(number)", "Quầy 0\(number % 3 + 1)", "\(14 + number % 5)/07/2025", "hai-long", level,
        "\(count + number % 7)", "\(counts.reduce(0, +) + number % 7 * 5)", "",
      ]
    }
  }

  static func text(_ rows: [[String]], quoted: Bool = false, end: String = "\r\n") -> [UInt8] {
    rows.flatMap { row in
      let cells = quoted ? row.map { "\"\($0.replacing("\"", with: "\"\""))\"" } : row
      return Array((cells.joined(separator: ",") + end).utf8)
    }
  }

  /// Both ways' answers.
  static func expectSame(
    _ rows: [[String]], end: String = "\r\n", location: SourceLocation = #_sourceLocation
  ) throws {
    let all = [heading] + (0..<before).flatMap { sheet($0) } + rows
    let (quick, slow) = (try check(text(all, end: end)), try check(text(all, quoted: true, end: end)))
    let (found, expected) = (quick.report, slow.report)
    #expect(found.rows == expected.rows, sourceLocation: location)
    #expect(found.acceptedRows == expected.acceptedRows, sourceLocation: location)
    #expect(found.rejectedRows == expected.rejectedRows, sourceLocation: location)
    #expect(found.votes == expected.votes, sourceLocation: location)
    #expect(found.isCutShort == expected.isCutShort, sourceLocation: location)
    #expect(
      found.findings.mapValues(\.count) == expected.findings.mapValues(\.count), sourceLocation: location)
    #expect(quick.rows.count == slow.rows.count, sourceLocation: location)
    for (one, other) in zip(quick.rows, slow.rows) where !isSame(one, other) {
      Issue.record("row \(one.source.number): \(one) instead of \(other)", sourceLocation: location)
      return
    }
  }

  static func isSame(_ one: CheckedRow, _ other: CheckedRow) -> Bool {
    one.source.number == other.source.number && one.entry == other.entry && one.findings == other.findings
      && one.isRejected == other.isRejected && one.texts == other.texts
      && one.source.cells.indices.elementsEqual(other.source.cells.indices)
      && one.source.cells.indices.allSatisfy { one.source[$0] == other.source[$0] }
  }

  static let oddCells = [
    "", " ", "  x", "T-1 ", "\u{A0}T-1", "\u{A0}", "Tổng", "tong cong", "Total", "T", "tờ 1", "Tờ số 1", "C", "cộng:",
    "1.927", "1.5", "1 927", "0", "00", "-1", "+1", "(5)", "5.0", "12345678", "123456789",
    "100000001", "١٢", "１２", "1e3", "5x", "Quầy 02", "quay-03", "Quầy  01", "QUẦY 01", "Quay 01", "Quầy xã", "Quầy 99",
    "hai-chau/mot-cua/quay-01", "Bộ phận Một cửa", "14/7/2025", "4/3/2025", "04-03-2025", "14/07/25", "7/14/2025",
    "2025-07-14", "tháng 7/2025", "quý III/2025", "45853", "13/07/2025", "14/7/2031", "14/7/2024", "31/02/2025",
    "HL", "hai long", "Hài lòng", "Ha\u{300}i lo\u{300}ng", "5", "6", "trống", "phiếu hỏng", "hai-long", "Hai-long",
    "hai–long", "a\"b", "\u{1}", "\u{7F}", "\u{FEFF}T-1", "\u{200B}", "Ð", String(repeating: "x", count: 64),
    String(repeating: "x", count: 65), String(repeating: "x", count: 200), String(repeating: "x", count: 201),
    String(repeating: "ầ", count: 400), "T-1\tx", "T;1", "😀", "\u{85}",
  ]

  @Test(arguments: heading.indices)
  func oddCells(_ column: Int) throws {
    // Each in a sheet of its own: in its first row, in a middle one or in the last. Then a sheet as it should be.
    var rows: [[String]] = []
    for (index, cell) in Self.oddCells.enumerated() {
      var sheet = Self.sheet(1_000 + index)
      sheet[index % 3 * 2][column] = cell
      rows += sheet
      rows += Self.sheet(5_000 + index)
    }
    try Self.expectSame(rows)
  }

  @Test(arguments: ["\n", "\r\n", "\r"])
  func endsOfRows(_ end: String) throws {
    try Self.expectSame((200..<240).flatMap { Self.sheet($0) }, end: end)
  }

  @Test func rowsThatAreNotAsTheOthers() throws {
    let plain = (0..<12).map { Self.sheet(300 + $0) }
    var rows: [[String]] = []
    // A blank row and a row of blanks within a sheet, one more and one less cell, a sum in between.
    rows += plain[0][..<2] + [[""]] + plain[0][2...]
    rows += plain[1][..<2] + [Array(repeating: " ", count: 8)] + plain[1][2...]
    rows += plain[2].map { $0 + [""] } + plain[3].map { $0 + ["x"] } + plain[4].map { $0.dropLast() }
    rows += plain[5].map { Array($0.prefix(5)) } + plain[6] + [["Tổng", "", "", "", "", "1", "", ""]] + plain[7]
    // The sheet's rows come twice, and torn apart.
    rows += plain[7] + plain[8][..<3] + plain[9] + plain[8][3...] + plain[10] + plain[10] + plain[11]
    try Self.expectSame(rows)
  }

  @Test func sheetsWithSomethingToBeTold() throws {
    func changed(_ number: Int, _ change: (inout [[String]]) -> Void) -> [[String]] {
      var sheet = Self.sheet(number)
      change(&sheet)
      return sheet
    }
    var rows = changed(400) { $0[1][5] = "99" }
    rows += changed(401) { $0[3][6] = "7" }
    rows += changed(402) { $0[4][4] = "trống" }
    rows += changed(403) { $0[2][4] = $0[1][4] }
    rows += changed(404) { for line in $0.indices { $0[line][6] = "" } }
    rows += changed(405) { for line in $0.indices { $0[line][0] = "" } }
    rows += changed(406) { for line in $0.indices { $0[line][0] = "" } }
    rows += changed(407) {
      for line in $0.indices {
        $0[line][5] = "25"
        $0[line][6] = "125"
      }
    }
    rows += changed(408) {
      for line in $0.indices {
        $0[line][5] = "25"
        $0[line][6] = "125"
      }
    }
    rows += changed(409) {
      for line in $0.indices {
        $0[line][5] = "25"
        $0[line][6] = "125"
      }
    }
    rows += changed(410) { $0[0][0] = "T-410 " }
    rows += changed(411) { $0[0][2] = "tháng 7/2025" }
    try Self.expectSame(rows)
  }

  @Test func bytesThatAreNoText() throws {
    // One by one: behind a NUL nothing is read, and bytes beyond UTF-8 show another encoding.
    for odd in [[0x00], [0xFF], [0xC3], [0xED, 0xA0, 0x80], [0xB8, 0xB5], [0x0B], [0x1A]] as [[UInt8]] {
      for column in [0, 1, 4, 5, 7] {
        func file(quoted: Bool) -> [UInt8] {
          var row = Self.sheet(500)[2].map { Array($0.utf8) }
          row[column] += odd
          let mark: [UInt8] = quoted ? [0x22] : []
          let line = Array(row.map { mark + $0 + mark }.joined(separator: [0x2C])) + [0x0D, 0x0A]
          return Self.text([Self.heading] + (0..<Self.before).flatMap { Self.sheet($0) }, quoted: quoted) + line
            + Self.text(Self.sheet(501), quoted: quoted)
        }
        let (quick, slow) = (try check(file(quoted: false)), try check(file(quoted: true)))
        #expect(
          quick.report.findings.mapValues(\.first) == slow.report.findings.mapValues(\.first), "\(odd) in \(column)")
        #expect(quick.rows.count == slow.rows.count)
        #expect(zip(quick.rows, slow.rows).allSatisfy { Self.isSame($0, $1) }, "\(odd) in \(column)")
      }
    }
  }

  @Test func manyRandomFiles() throws {
    var random = SplitMix64(seed: 7)
    for _ in 0..<6 {
      var rows: [[String]] = []
      for sheet in 0..<60 {
        var lines = Self.sheet(Int.random(in: 600...640, using: &random))
        if Int.random(in: 0..<3, using: &random) == 0, let odd = Self.oddCells.randomElement(using: &random) {
          lines[Int.random(in: 0..<5, using: &random)][Int.random(in: 0..<8, using: &random)] = odd
        }
        if sheet.isMultiple(of: 9) { lines.shuffle(using: &random) }
        rows += lines
      }
      try Self.expectSame(rows)
    }
  }

  /// Sheets that lie across the pieces in which a file is read.
  @Test func longFiles() throws {
    try Self.expectSame((1_000..<1_900).flatMap { Self.sheet($0) })
    // Long cells: a sheet takes more than there is room for.
    let long = String(repeating: "n", count: 60_000)
    try Self.expectSame((1_000..<1_008).flatMap { number in Self.sheet(number).map { $0.dropLast() + [long] } })
  }

  @Test func withoutSheetsAndQuestions() throws {
    let rows = (0..<300).map { index in
      [
        "Quầy 0\(index % 3 + 1)", "\(14 + index / 15 % 5)/\(index / 75 + 3)/2025", Self.levels[index / 3 % 5],
        "\(index)",
      ]
    }
    for quoted in [false, true] {
      let checked = try check(Self.text([["Đơn vị", "Ngày", "Mức", "Số phiếu"]] + rows + rows, quoted: quoted))
      #expect(checked.report.findings[.rowTwice]?.count == 300)
      #expect(checked.report.acceptedRows == 300)
    }
  }
}

/// That there is a quick way at all, and what it leaves to the other.
@Suite struct PlainSheetTests {
  /// Rows that are taken quickly from the first one on, and rows that are to be read one by one then.
  static func taken(_ rows: [[String]]) throws -> (taken: Int, rest: Int) {
    try withFile(PlainLaneTests.text(rows)) { path in
      let poll = try Samples.poll()
      let file = try PaperFile(path)
      let map = try #require(ColumnMap.suggest(PlainLaneTests.heading, for: poll))
      let reader = RowReader(
        map: map, reader: CellReader(poll: poll, index: PollIndex(poll), startsIn1904: false, today: Samples.today),
        encodings: [], detector: EncodingDetector())
      var checker = PaperChecker(poll: poll, reader: reader, mostRemembered: 1_000)
      var delivery = RowDelivery(PaperReport(), poll, PaperCheck.Events())
      let delimited = try #require(file.delimited)
      var lane = try #require(PlainLane(delimited, map, poll, PaperLimits()))
      var taken = 0
      let rest = try lane.run(&checker, &delivery) { taken += $0 }
      #expect(delivery.report.acceptedRows == taken)
      return (taken, rest)
    }
  }

  @Test func sheetsAreTakenWhole() throws {
    let sheets = (0..<4).map { PlainLaneTests.sheet($0) }
    // Whether the last one is whole nobody knows.
    #expect(try Self.taken(sheets.flatMap { $0 }) == (15, 6))
    var odd = sheets
    odd[2][3][4] = "không rõ"
    #expect(try Self.taken(odd.flatMap { $0 }) == (10, 4))
    odd[2] = sheets[2]
    odd[2][3][5] = "1"
    #expect(try Self.taken(odd.flatMap { $0 }) == (10, 5))
    odd[2] = sheets[1]
    #expect(try Self.taken(odd.flatMap { $0 }) == (5, 6))
    // Names that begin as "total" does.
    for name in ["Tờ", "Tổ", "to", "CC", "Sheet", "Gộp"] {
      let named: [[String]] = sheets.enumerated().flatMap { index, rows in
        rows.map { ["\(name) \(index)"] + $0.dropFirst() }
      }
      #expect(try Self.taken(named) == (15, 6), "\(name)")
    }
  }

  @Test func cellsAreRemembered() {
    var memo = CellMemo<Int>()
    let cells = (0..<3_000).map { Array("\($0 * 7_919)-\(String(repeating: "é", count: $0 % 80))".utf8) }
    for (index, cell) in cells.enumerated() {
      let bytes = [0x2C] + cell + [0x2C]
      let place = 1..<1 + cell.count
      #expect(memo.meaning(of: place, in: bytes, salt: index % 2) == nil)
      memo.keep(index, of: place, in: bytes, salt: index % 2)
      // Short ones are there at once, long ones never.
      #expect(memo.meaning(of: place, in: bytes, salt: index % 2) == (cell.count <= 128 ? index : nil))
      #expect(memo.meaning(of: place, in: bytes, salt: 2) == nil)
    }
    // What is still there is right.
    let known = cells.enumerated().compactMap { index, cell -> Bool? in
      memo.meaning(of: 0..<cell.count, in: cell, salt: index % 2).map { $0 == index }
    }
    #expect(known.count > 500 && known.allSatisfy { $0 })
  }
}
