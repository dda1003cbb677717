import Testing

@testable import binhchon

@Suite struct LanguageTests {
  @Test(arguments: [
    (["LANG": "C.UTF-8"], Language.vi),
    ([:], .vi),
    (["LANG": "en_US.UTF-8"], .en),
    (["LANG": "en_US.UTF-8", "LC_MESSAGES": "vi_VN.UTF-8"], .vi),
    (["LC_ALL": "en_GB.UTF-8", "LC_MESSAGES": "vi_VN.UTF-8"], .en),
    (["LC_ALL": "", "LANG": "en_US"], .en),
    (["LANG": "fr_FR.UTF-8"], .vi),
    (["LANG": "vi_VN", "BINHCHON_LANG": "en"], .en),
    (["LANG": "en_US", "BINHCHON_LANG": "xx"], .en),
  ])
  func ofTheEnvironment(_ environment: [String: String], _ expected: Language) {
    #expect(Language(environment: environment) == expected)
  }

  @Test(arguments: [
    (["binhchon", "vote", "--lang", "en"], Language.en),
    (["binhchon", "--lang=en", "vote"], .en),
    (["binhchon", "vote", "--", "--lang", "en"], .vi),
    (["binhchon", "vote", "--lang"], .vi),
  ])
  func ofTheCommandLine(_ arguments: [String], _ expected: Language) {
    #expect(Language(arguments: arguments, environment: [:]) == expected)
  }
}

@Suite struct FiguresTests {
  @Test func thousandsAndPercents() {
    let (vi, en) = (Figures(language: .vi), Figures(language: .en))
    #expect(vi.count(18_029_085) == "18.029.085")
    #expect(en.count(18_029_085) == "18,029,085")
    #expect(vi.count(0) == "0")
    #expect(vi.count(999) == "999")
    #expect(vi.count(1_000) == "1.000")
    #expect(vi.percent(8_767) == "87,67 %")
    #expect(en.percent(8_767) == "87.67%")
    #expect(vi.percent(5) == "0,05 %")
    #expect(vi.percent(10_000) == "100,00 %")
  }

  @Test func sharesAddUpToAHundred() {
    #expect(Shares.ofSum([1, 1, 1]) == [3_334, 3_333, 3_333])
    #expect(Shares.ofSum([263, 37]) == [8_767, 1_233])
    #expect(Shares.ofSum([0, 0, 7]) == [0, 0, 10_000])
    var generator = SplitMix64(seed: 1)
    for _ in 0..<500 {
      let counts = (0..<5).map { _ in UInt64.random(in: 0...1_000_000_000, using: &generator) }
      #expect(Shares.ofSum(counts)?.reduce(0, +) == 10_000)
    }
  }

  @Test func nothingIsNotZeroPercent() {
    #expect(Shares.ofSum([0, 0]) == nil)
    #expect(Shares.ofSum([]) == nil)
    #expect(Shares.each([0], of: 0) == nil)
  }

  @Test func hugeAndImpossibleCountsDoNotTrap() {
    #expect(Shares.ofSum([.max, 1]) == nil)
    #expect(Shares.ofSum([.max]) == [10_000])
    #expect(Shares.each([5], of: 3) == [10_000])
    #expect(Shares.each([.max / 2], of: .max) == [5_000])
    #expect(Shares.each([1, 2], of: 3) == [3_333, 6_667])
  }
}

@Suite struct TextTests {
  @Test func widthIgnoresCombiningMarks() {
    #expect(TextWidth.of("Hài lòng") == 8)
    #expect(TextWidth.of("Ha\u{300}i lo\u{300}ng") == 8)
    #expect(TextWidth.of("e\u{323}\u{302}") == 1)
  }

  @Test func fitsAndWraps() {
    #expect(TextWidth.fit("Rất hài lòng", 8) == "Rất hài…")
    #expect(TextWidth.fit("abc", 3) == "abc")
    #expect(TextWidth.fit("abcd", 1) == "a")
    #expect(TextWidth.fit("abcd", 0) == "")
    #expect(TextWidth.wrapped("một hai ba bốn", 7, maximum: 3) == ["một hai", "ba bốn"])
    #expect(TextWidth.wrapped("một hai ba bốn", 7, maximum: 1) == ["một ha…"])
    #expect(TextWidth.centered("ab", 5) == " ab  ")
  }

  @Test func asciiForOldTerminals() {
    #expect(PlainASCII.fold("Đánh giá mức độ hài lòng – “Quận”") == "Danh gia muc do hai long - \"Quan\"")
    #expect(PlainASCII.fold("e\u{323}\u{302}日") == "e?")
    #expect(Style.ascii.shown("Rất") == "Rat")
    #expect(Array(Style.plain.shown("Ra\u{302}\u{301}t").unicodeScalars).count == 3)
  }

  @Test func linesAreCutAndColoured() {
    let line = Line("đỏ", .level(index: 0, count: 5, filled: false)) + Line(" xanh", .good)
    #expect(
      line.rendered(Style(colors: .many, unicode: true), columns: 4)
        == "\u{1B}[38;5;160mđỏ\u{1B}[0m\u{1B}[38;5;34m …\u{1B}[0m")
    #expect(line.rendered(.plain, columns: 80) == "đỏ xanh")
    #expect(line.rendered(.ascii, columns: 80) == "do xanh")
  }

  @Test(arguments: [
    (ColorChoice.auto, [:], true, Style.Colors.eight),
    (.auto, ["TERM": "xterm-256color"], true, .many),
    (.auto, ["NO_COLOR": "1"], true, .none),
    (.auto, [:], false, .none),
    (.always, ["NO_COLOR": "1"], false, .eight),
    (.never, ["TERM": "xterm-256color"], true, .none),
    (.auto, ["TERM": "dumb"], true, .none),
  ])
  func colour(_ choice: ColorChoice, _ variables: [String: String], _ isTerminal: Bool, _ expected: Style.Colors) {
    let variables = ["TERM": "xterm"].merging(variables) { $1 }
    let style = Style(choice: choice, environment: ProcessEnvironment(variables: variables), isTerminal: isTerminal)
    #expect(style.colors == expected)
  }

  @Test(arguments: [
    (["LANG": "C"], true, false), (["LANG": "C.UTF-8"], true, true), ([:], false, false),
    (["LC_ALL": "vi_VN.utf8"], true, true), (["LANG": "C.UTF-8", "TERM": "linux"], true, false),
    (["LANG": "C.UTF-8", "TERM": "linux"], false, true),
  ])
  func letters(_ variables: [String: String], _ isTerminal: Bool, _ expected: Bool) {
    let style = Style(choice: .auto, environment: ProcessEnvironment(variables: variables), isTerminal: isTerminal)
    #expect(style.unicode == expected)
  }

  @Test func localTimes() {
    #expect(LocalTime.iso(milliseconds: 1_700_000_000_000) == "2023-11-15T05:13:20+07:00")
    #expect(LocalTime.spoken(milliseconds: 1_700_000_000_000) == "15/11/2023 05:13:20")
    #expect(LocalTime.iso(milliseconds: -1) == "1970-01-01T06:59:59+07:00")
  }

  @Test func csvQuotesWhereItMust() {
    #expect(CSV.record(["a", "b,c", "d\"e", ""]) == "a,\"b,c\",\"d\"\"e\",\r\n")
  }
}

@Suite struct KeyTests {
  static let keys: [([UInt8], [Key])] = [
    (Array("5l".utf8), [.character("5"), .character("l")]),
    ([0x03], [.interrupt]),
    ([0x09], [.tab]),
    (Array("\u{1B}[Z\u{1B}[C\u{1B}[D".utf8), [.backTab, .right, .left]),
    (Array("\u{1B}OC".utf8), [.right]), (Array("\u{1B}[A\u{1B}OB".utf8), [.up, .down]),
    (Array("\u{1B}[1;5Cq".utf8), [.right, .character("q")]),
    (Array("\u{1B}q".utf8), [.character("q")]),
    (Array("đ\r".utf8), [.character("đ"), .enter]),
    ([0xFF, 0xC3, 0x31], [.unknown, .character("1")]),
    ([0x7F, 0x08], [.backspace, .backspace]),
    // Ctrl-Z, Ctrl-\\, Ctrl-S: keys like any other without a meaning.
    ([0x1A, 0x1C, 0x13], [.unknown, .unknown, .unknown]),
    // A finger's press and release; another button, the wheel, with shift, a move; and what is no report at all.
    (Array("\u{1B}[<0;45;12M\u{1B}[<0;45;12m5".utf8), [.mouse(Mouse(column: 45, row: 12)), .unknown, .character("5")]),
    (Array("\u{1B}[<2;1;1M\u{1B}[<64;1;1M\u{1B}[<4;1;1M\u{1B}[<32;1;1M".utf8), Array(repeating: .unknown, count: 4)),
    (
      Array("\u{1B}[<0;0;1M\u{1B}[<0;1M\u{1B}[<0;;1M\u{1B}[<0;1;1;1M\u{1B}[<0;-1;1M".utf8),
      Array(repeating: .unknown, count: 5)
    ),
    // The first form: three bytes, which may look like keys.
    (Array("\u{1B}[M 155".utf8), [.mouse(Mouse(column: 17, row: 21)), .character("5")]),
    (Array("\u{1B}[M#1!5".utf8), [.unknown, .character("5")]),
    // A number block in application mode.
    (
      Array("\u{1B}Oq\u{1B}Oy\u{1B}Op\u{1B}OM\u{1B}Ok".utf8),
      [.character("1"), .character("9"), .character("0"), .enter, .character("+")]
    ),
    (Array("\u{1B}[".utf8) + Array(repeating: 0x30, count: 17) + Array("1".utf8), [.character("1")]),
  ]

  @Test(arguments: keys)
  func decodedWholeAndDripped(_ bytes: [UInt8], _ expected: [Key]) {
    var whole = KeyDecoder()
    let now = ContinuousClock.now
    #expect(whole.decode(bytes, at: now) == expected)
    var dripped = KeyDecoder()
    #expect(bytes.flatMap { dripped.decode([$0], at: now) } == expected)
  }

  /// A sequence may be cut on its way; what comes after a pause is another key's, or a scan's.
  @Test func anEscapeByItselfTakesNothingAlong() {
    let now = ContinuousClock.now
    for (pause, expected) in [(250, [Key.mouse(Mouse(column: 45, row: 12))]), (251, "[<0;45;12M".map(Key.character))] {
      var decoder = KeyDecoder()
      #expect(decoder.decode([0x1B], at: now) == [])
      #expect(decoder.decode("[<0;45;12M".utf8, at: now + .milliseconds(pause)) == expected)
    }
    var decoder = KeyDecoder()
    #expect(decoder.decode([0x1B], at: now) == [])
    #expect(decoder.decode("OP-1".utf8, at: now + .seconds(1)) == "OP-1".map(Key.character))
  }

  @Test func framesChangeOnlyWhatDiffers() {
    var diff = FrameDiff()
    let size = ScreenSize(columns: 10, rows: 3)
    let first = diff.update(to: [Line("a"), Line("b"), Line("c")], size: size, style: .plain)
    #expect(first.hasPrefix("\u{1B}[0m\u{1B}[2J"))
    #expect(diff.update(to: [Line("a"), Line("x"), Line("c")], size: size, style: .plain) == "\u{1B}[2;1Hx\u{1B}[K")
    #expect(diff.update(to: [Line("a"), Line("x")], size: size, style: .plain) == "\u{1B}[3;1H\u{1B}[K")
    #expect(diff.update(to: [Line("a"), Line("x")], size: size, style: .plain) == "")
    let full = diff.update(to: [Line("a"), Line("0123456789")], size: size, style: .plain)
    #expect(full == "\u{1B}[2;1H0123456789")
    let resized = diff.update(to: [Line("a")], size: ScreenSize(columns: 9, rows: 3), style: .plain)
    #expect(resized.contains("\u{1B}[2J"))
  }
}
