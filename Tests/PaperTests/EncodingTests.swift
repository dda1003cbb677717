import Testing

@testable import Paper

@Suite struct EncodingTests {
  static let vectors: [(TextEncoding, [UInt8], String)] = [
    (.tcvn3, latin1("Céng hßa X· héi"), "Cộng hòa Xã hội"),
    (
      .tcvn3, latin1("chñ nghÜa ViÖt Nam, §éc lËp - Tù do - H¹nh phóc"),
      "chủ nghĩa Việt Nam, Độc lập - Tự do - Hạnh phúc"
    ),
    (.tcvn3, latin1("B¶o Th¾ng"), "Bảo Thắng"), (.tcvn3, latin1("Mêng Kh¬ng"), "Mờng Khơng"),
    (.tcvn3, latin1("M\u{AD}êng Kh\u{AD}¬ng"), "Mường Khương"),
    // The standard's combining marks.
    (.tcvn3, [0x61, 0xB0, 0x20, 0x65, 0xB4], "à ẹ"),
    (.vni, latin1("Coäng hoøa Xaõ hoäi chuû nghóa Vieät Nam"), "Cộng hòa Xã hội chủ nghĩa Việt Nam"),
    // 0xF4 is a letter and the base of its five tones: two bytes before one.
    (.vni, latin1("ô ôø ôû ôõ ôù ôï"), "ơ ờ ở ỡ ớ ợ"), (.vni, latin1("ö öø ñöôïc"), "ư ừ được"),
    (.vni, latin1("ÑÖÔÏC Ñoáng Ña ÔÛ"), "ĐƯỢC Đống Đa Ở"), (.vni, latin1("í ì æ ó ò î"), "í ì ỉ ĩ ị ỵ"),
    // A small mark behind a capital.
    (.vni, latin1("CAûI Aâ"), "CẢI Â"),
    // Windows-1258: the hat in the letter, the tone behind it; comes out composed.
    (.windows1258, [0x56, 0x69, 0xEA, 0xF2, 0x74, 0x20, 0x4E, 0x61, 0x6D], "Việt Nam"),
    (.windows1258, [0xD0, 0xF4, 0xEC, 0x6E, 0x67, 0x20, 0xD0, 0x61], "Đống Đa"),
    (.windows1258, [0x68, 0x6F, 0xCC, 0x61, 0x20, 0xF5, 0xD2], "hòa ở"),
    (.utf8, Array("Cộng hòa".utf8), "Cộng hòa"),
    // NFD has the nặng before the hat: 0065 0323 0302.
    (.utf8, Array("Vi\u{65}\u{323}\u{302}t".utf8), "Việt"), (.utf8, Array("e\u{302}\u{323}".utf8), "ệ"),
    (.utf8, Array("a\u{323}\u{306} o\u{31B}\u{301} u\u{309}\u{31B}".utf8), "ặ ớ ử"),
    // Marks that no letter takes stay.
    (.utf8, Array("q\u{323}".utf8), "q\u{323}"), (.utf8, Array("e\u{302}\u{302}".utf8), "ê\u{302}"),
  ]

  @Test(arguments: vectors)
  func vector(_ encoding: TextEncoding, _ bytes: [UInt8], _ text: String) {
    let decoded = ColumnEncoding(encoding).decode(bytes)
    // Scalar by scalar: `==` would take NFD for NFC.
    #expect(Array(decoded.text.unicodeScalars) == Array(text.unicodeScalars), "\(decoded.text)")
    #expect(decoded.losses.isEmpty)
  }

  @Test func oldFontsInsideUnicode() {
    for text in ["Céng hßa X· héi", "Ce\u{301}ng hßa X· he\u{301}i"] {
      #expect(ColumnEncoding(.tcvn3, isInUnicode: true).decode(Array(text.utf8)).text == "Cộng hòa Xã hội")
    }
    // Characters of Unicode between those of the font stay.
    #expect(ColumnEncoding(.tcvn3, isInUnicode: true).decode(Array("Céng → hội".utf8)).text == "Cộng → hội")
    #expect(ColumnEncoding(.vni, isInUnicode: true).decode(Array("Coäng hoøa".utf8)).text == "Cộng hòa")
  }

  @Test(arguments: [
    (TextEncoding.utf8, [0x41, 0xFF, 0x42], "A\\xFFB", 1), (.utf8, [0xE1, 0xBA], "\\xE1\\xBA", 0),
    (.utf8, [0xED, 0xA0, 0x80, 0x41], "\\xED\\xA0\\x80A", 0), (.vni, [0x62, 0xF9], "b\\xF9", 1),
    (.vni, [0xF9, 0x61], "\\xF9a", 0), (.vni, [0x69, 0xF9], "í", -1), (.windows1258, [0x41, 0x8A], "A\\x8A", 1),
    (.tcvn3, [0x41, 0x81], "A\\x81", 1),
  ])
  func lossesAreTold(_ encoding: TextEncoding, _ bytes: [UInt8], _ text: String, _ position: Int) {
    let decoded = ColumnEncoding(encoding).decode(bytes)
    #expect(decoded.text == text)
    #expect(decoded.losses.first?.position ?? -1 == position)
    #expect(!decoded.text.unicodeScalars.contains("\u{FFFD}"))
  }

  @Test func everyByteIsALetterOrALoss() {
    for encoding in TextEncoding.allCases {
      for byte in UInt8.min...UInt8.max {
        let decoded = ColumnEncoding(encoding).decode([byte])
        #expect(!decoded.text.isEmpty)
        #expect(!decoded.text.contains("\u{FFFD}") && (byte == UInt8(ascii: "?") || !decoded.text.contains("?")))
      }
    }
  }

  @Test func tcvn3DoesNotTellCapitalsWithTones() {
    let losses = ColumnEncoding(.tcvn3).decode(latin1("H¶I CH¢U, H¶i")).losses
    #expect(losses == [LossyLetter(.capitalUnknown, shown: "ả", position: 1)])
  }

  @Test func utf16() {
    for isBigEndian in [false, true] {
      var transcoder = UTF16Transcoder(isBigEndian: isBigEndian)
      var output: [UInt8] = []
      let bytes = "Việt 😀".utf16.flatMap { unit in
        isBigEndian
          ? [UInt8(unit >> 8), UInt8(truncatingIfNeeded: unit)] : [UInt8(truncatingIfNeeded: unit), UInt8(unit >> 8)]
      }
      // Dripped.
      for byte in bytes { transcoder.transcode([byte], into: &output) }
      transcoder.finish(into: &output)
      #expect(output == Array("Việt 😀".utf8))
    }
    // Half a pair, and half a unit, come out as what UTF-8 does not have: told, never replaced.
    var transcoder = UTF16Transcoder(isBigEndian: false)
    var output: [UInt8] = []
    transcoder.transcode([0x41, 0x00, 0x3D, 0xD8, 0x42, 0x00, 0x43], into: &output)
    transcoder.finish(into: &output)
    let decoded = ColumnEncoding.utf8.decode(output)
    #expect(decoded.text == "A\\xED\\xA0\\xBDB\\xFFC")
    #expect(decoded.losses.count == 4)
  }

  @Test(arguments: [
    ("nghiêng", true), ("quyền", true), ("Quốc", true), ("giữ", true), ("gì", true), ("Đống", true), ("thuế", true),
    ("khuya", true), ("yêu", true), ("ệ", true), ("ngộc", true), ("ngồc", false), ("tôê", false), ("cafê", false),
    ("héllo", false), ("hòà", false),
  ])
  func syllables(_ word: String, _ expected: Bool) {
    #expect(Syllable.isValid(word.unicodeScalars.compactMap(VietnameseLetters.letter)) == expected)
  }
}

@Suite struct DetectionTests {
  static let text = [
    "Quầy số một", "Bộ phận tiếp nhận và trả kết quả", "Rất hài lòng", "Không hài lòng", "Ủy ban nhân dân quận",
  ]

  static func encoded(_ column: [String], _ encoding: TextEncoding) -> [[UInt8]] {
    switch encoding {
    case .utf8, .utf16: column.map { Array($0.utf8) }
    case .tcvn3: ["QuÇy sè mét", "Bé phËn tiÕp nhËn vµ tr¶ kÕt qu¶", "RÊt hµi lßng", "Kh«ng hµi lßng"].map(latin1)
    case .vni: ["Quaày soá moät", "Boä phaän tieáp nhaän vaø traû keát quaû", "Raát haøi loøng"].map(latin1)
    case .windows1258:
      [
        [0x51, 0x75, 0xE2, 0xCC, 0x79, 0x20, 0x73, 0xF4, 0xEC], [0x52, 0xE2, 0xEC, 0x74, 0x20, 0x68, 0x61, 0xCC, 0x69],
        [0x42, 0xF4, 0xF2, 0x20, 0x70, 0x68, 0xE2, 0xF2, 0x6E],
      ]
    }
  }

  @Test(arguments: TextEncoding.allCases)
  func tellsEveryEncodingApart(_ encoding: TextEncoding) {
    var detector = EncodingDetector()
    for cell in Self.encoded(Self.text, encoding) { detector.add(column: 0, cell) }
    let verdict = detector.verdicts(count: 1)[0]
    #expect(verdict.encoding == ColumnEncoding(encoding == .utf16 ? .utf8 : encoding))
    #expect(verdict.confidence >= EncodingVerdict.sure)
    #expect(!verdict.sample.isEmpty)
  }

  @Test func columnsOfOneFileMayDiffer() {
    var detector = EncodingDetector()
    for (column, encoding) in [TextEncoding.tcvn3, .vni, .windows1258].enumerated() {
      for cell in Self.encoded([], encoding) { detector.add(column: column, cell) }
    }
    detector.add(column: 3, Array("plain".utf8))
    let verdicts = detector.verdicts(count: 5)
    #expect(verdicts.map(\.encoding.letters) == [.tcvn3, .vni, .windows1258, .utf8, .utf8])
    #expect(verdicts.map(\.isPlain) == [false, false, false, true, true])
  }

  @Test func aFontInsideUnicodeIsSeen() {
    var detector = EncodingDetector()
    for text in ["Céng hßa x· héi", "RÊt hµi lßng", "Kh«ng hµi lßng"] { detector.add(column: 0, Array(text.utf8)) }
    #expect(detector.verdicts(count: 1)[0].encoding == ColumnEncoding(.tcvn3, isInUnicode: true))
    #expect(detector.verdicts(count: 1)[0].sample == "Rất hài lòng")
  }

  @Test func otherLanguagesStayAsTheyAre() {
    var detector = EncodingDetector()
    for text in ["Région Île-de-France", "Müller & Söhne", "Çankaya Belediyesi", "São Paulo"] {
      detector.add(column: 0, Array(text.utf8))
    }
    #expect(detector.verdicts(count: 1)[0].encoding == .utf8)
  }

  @Test func aLoneWordFollowsTheFile() {
    var detector = EncodingDetector()
    for cell in Self.encoded([], .tcvn3) { detector.add(column: 0, cell) }
    detector.add(column: 1, latin1("Tê"))
    #expect(detector.verdicts(count: 2)[1].encoding.letters == .tcvn3)
  }

  @Test func rubbishIsNotSure() {
    var detector = EncodingDetector()
    var state: UInt64 = 7
    for _ in 0..<50 {
      var cell: [UInt8] = []
      for _ in 0..<12 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        cell.append(UInt8(truncatingIfNeeded: state >> 56) | 0x80)
      }
      detector.add(column: 0, cell)
    }
    #expect(detector.verdicts(count: 1)[0].confidence < EncodingVerdict.sure)
  }

  @Test func forced() {
    var detector = EncodingDetector(forced: .vni)
    detector.add(column: 0, latin1("Céng"))
    #expect(detector.verdicts(count: 1)[0].encoding == ColumnEncoding(.vni))
    #expect(TextEncoding(name: "ABC") == .tcvn3)
    #expect(TextEncoding(name: "latin1") == nil)
  }
}

@Suite struct MatchKeyTests {
  @Test(arguments: [
    ("Đống Đa", "Ðống Ða"), ("hòa bình", "hoà bình"), ("Quận Hải Châu", "quận\u{A0}HẢI  châu "), ("TƯ", "TW"),
    ("A – B", "A - B"), ("A—B", "A-B"), ("“cũ”", "\"cũ\""), ("thuý", "thúy"), ("Vi\u{65}\u{323}\u{302}t", "Việt"),
    ("l\u{AD}ối", "lối"), ("Ủy ban", "Uỷ ban"),
  ])
  func equal(_ one: String, _ other: String) {
    #expect(MatchKey(one).text == MatchKey(other).text)
  }

  @Test(arguments: [("hài", "hai"), ("Quầy 01", "Quầy 1"), ("ma", "má"), ("mo", "mơ"), ("tu", "tư"), ("ab", "a b")])
  func different(_ one: String, _ other: String) {
    #expect(MatchKey(one).text != MatchKey(other).text)
  }

  @Test func bare() {
    #expect(MatchKey("Mức độ hài lòng (Đ)").bare == "muc do hai long (d)")
  }
}
