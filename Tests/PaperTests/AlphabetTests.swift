import Testing

@testable import Paper

/// All 134 letters that Vietnamese writes with marks, byte by byte.
///
/// The bytes are of others: UTF-8, UTF-16 and Windows-1258 as Python's codecs write them (NFD by `unicodedata`; in
/// Windows-1258 the tone behind the letter where that is no letter of its own), TCVN3 and VNI as the tables of UniKey have them
/// (`ukengine/data.cpp`), TCVN3 the same in glibc's `TCVN5712-1`.
@Suite struct AlphabetTests {
  struct Row: CustomTestStringConvertible, Sendable {
    var letters: String
    private var bytes: [String: String]

    /// - Parameter tcvn3: `-`: not in the encoding.
    init(
      _ letters: String, nfc: String, nfd: String, utf16: String, windows1258: String, vni: String, tcvn3: String
    ) {
      self.letters = letters
      bytes = ["nfc": nfc, "nfd": nfd, "utf16": utf16, "windows1258": windows1258, "vni": vni, "tcvn3": tcvn3]
    }

    var testDescription: String { letters }

    /// Of each letter; nil: not in the encoding.
    func bytes(_ encoding: String) -> [[UInt8]?] {
      (bytes[encoding] ?? "").split(separator: " ").map { digits in
        guard digits != "-" else { return nil }
        let digits = Array(digits)
        return stride(from: 0, to: digits.count, by: 2).compactMap { UInt8(String(digits[$0..<$0 + 2]), radix: 16) }
      }
    }
  }

  static let rows = [
    Row(
      "àảãáạ", nfc: "C3A0 E1BAA3 C3A3 C3A1 E1BAA1",
      nfd: "61CC80 61CC89 61CC83 61CC81 61CCA3",
      utf16: "E000 A31E E300 E100 A11E", windows1258: "E0 61D2 61DE E1 61F2",
      vni: "61F8 61FB 61F5 61F9 61EF", tcvn3: "B5 B6 B7 B8 B9"),
    Row(
      "ăằẳẵắặ", nfc: "C483 E1BAB1 E1BAB3 E1BAB5 E1BAAF E1BAB7",
      nfd: "61CC86 61CC86CC80 61CC86CC89 61CC86CC83 61CC86CC81 61CCA3CC86",
      utf16: "0301 B11E B31E B51E AF1E B71E", windows1258: "E3 E3CC E3D2 E3DE E3EC E3F2",
      vni: "61EA 61E8 61FA 61FC 61E9 61EB", tcvn3: "A8 BB BC BD BE C6"),
    Row(
      "âầẩẫấậ", nfc: "C3A2 E1BAA7 E1BAA9 E1BAAB E1BAA5 E1BAAD",
      nfd: "61CC82 61CC82CC80 61CC82CC89 61CC82CC83 61CC82CC81 61CCA3CC82",
      utf16: "E200 A71E A91E AB1E A51E AD1E", windows1258: "E2 E2CC E2D2 E2DE E2EC E2F2",
      vni: "61E2 61E0 61E5 61E3 61E1 61E4", tcvn3: "A9 C7 C8 C9 CA CB"),
    Row(
      "èẻẽéẹ", nfc: "C3A8 E1BABB E1BABD C3A9 E1BAB9",
      nfd: "65CC80 65CC89 65CC83 65CC81 65CCA3",
      utf16: "E800 BB1E BD1E E900 B91E", windows1258: "E8 65D2 65DE E9 65F2",
      vni: "65F8 65FB 65F5 65F9 65EF", tcvn3: "CC CE CF D0 D1"),
    Row(
      "êềểễếệ", nfc: "C3AA E1BB81 E1BB83 E1BB85 E1BABF E1BB87",
      nfd: "65CC82 65CC82CC80 65CC82CC89 65CC82CC83 65CC82CC81 65CCA3CC82",
      utf16: "EA00 C11E C31E C51E BF1E C71E", windows1258: "EA EACC EAD2 EADE EAEC EAF2",
      vni: "65E2 65E0 65E5 65E3 65E1 65E4", tcvn3: "AA D2 D3 D4 D5 D6"),
    Row(
      "ìỉĩíị", nfc: "C3AC E1BB89 C4A9 C3AD E1BB8B",
      nfd: "69CC80 69CC89 69CC83 69CC81 69CCA3",
      utf16: "EC00 C91E 2901 ED00 CB1E", windows1258: "69CC 69D2 69DE ED 69F2",
      vni: "EC E6 F3 ED F2", tcvn3: "D7 D8 DC DD DE"),
    Row(
      "òỏõóọ", nfc: "C3B2 E1BB8F C3B5 C3B3 E1BB8D",
      nfd: "6FCC80 6FCC89 6FCC83 6FCC81 6FCCA3",
      utf16: "F200 CF1E F500 F300 CD1E", windows1258: "6FCC 6FD2 6FDE F3 6FF2",
      vni: "6FF8 6FFB 6FF5 6FF9 6FEF", tcvn3: "DF E1 E2 E3 E4"),
    Row(
      "ôồổỗốộ", nfc: "C3B4 E1BB93 E1BB95 E1BB97 E1BB91 E1BB99",
      nfd: "6FCC82 6FCC82CC80 6FCC82CC89 6FCC82CC83 6FCC82CC81 6FCCA3CC82",
      utf16: "F400 D31E D51E D71E D11E D91E", windows1258: "F4 F4CC F4D2 F4DE F4EC F4F2",
      vni: "6FE2 6FE0 6FE5 6FE3 6FE1 6FE4", tcvn3: "AB E5 E6 E7 E8 E9"),
    Row(
      "ơờởỡớợ", nfc: "C6A1 E1BB9D E1BB9F E1BBA1 E1BB9B E1BBA3",
      nfd: "6FCC9B 6FCC9BCC80 6FCC9BCC89 6FCC9BCC83 6FCC9BCC81 6FCC9BCCA3",
      utf16: "A101 DD1E DF1E E11E DB1E E31E", windows1258: "F5 F5CC F5D2 F5DE F5EC F5F2",
      vni: "F4 F4F8 F4FB F4F5 F4F9 F4EF", tcvn3: "AC EA EB EC ED EE"),
    Row(
      "ùủũúụ", nfc: "C3B9 E1BBA7 C5A9 C3BA E1BBA5",
      nfd: "75CC80 75CC89 75CC83 75CC81 75CCA3",
      utf16: "F900 E71E 6901 FA00 E51E", windows1258: "F9 75D2 75DE FA 75F2",
      vni: "75F8 75FB 75F5 75F9 75EF", tcvn3: "EF F1 F2 F3 F4"),
    Row(
      "ưừửữứự", nfc: "C6B0 E1BBAB E1BBAD E1BBAF E1BBA9 E1BBB1",
      nfd: "75CC9B 75CC9BCC80 75CC9BCC89 75CC9BCC83 75CC9BCC81 75CC9BCCA3",
      utf16: "B001 EB1E ED1E EF1E E91E F11E", windows1258: "FD FDCC FDD2 FDDE FDEC FDF2",
      vni: "F6 F6F8 F6FB F6F5 F6F9 F6EF", tcvn3: "AD F5 F6 F7 F8 F9"),
    Row(
      "ỳỷỹýỵ", nfc: "E1BBB3 E1BBB7 E1BBB9 C3BD E1BBB5",
      nfd: "79CC80 79CC89 79CC83 79CC81 79CCA3",
      utf16: "F31E F71E F91E FD00 F51E", windows1258: "79CC 79D2 79DE 79EC 79F2",
      vni: "79F8 79FB 79F5 79F9 EE", tcvn3: "FA FB FC FD FE"),
    Row(
      "đ", nfc: "C491",
      nfd: "C491",
      utf16: "1101", windows1258: "F0",
      vni: "F1", tcvn3: "AE"),
    Row(
      "ÀẢÃÁẠ", nfc: "C380 E1BAA2 C383 C381 E1BAA0",
      nfd: "41CC80 41CC89 41CC83 41CC81 41CCA3",
      utf16: "C000 A21E C300 C100 A01E", windows1258: "C0 41D2 41DE C1 41F2",
      vni: "41D8 41DB 41D5 41D9 41CF", tcvn3: "- - - - -"),
    Row(
      "ĂẰẲẴẮẶ", nfc: "C482 E1BAB0 E1BAB2 E1BAB4 E1BAAE E1BAB6",
      nfd: "41CC86 41CC86CC80 41CC86CC89 41CC86CC83 41CC86CC81 41CCA3CC86",
      utf16: "0201 B01E B21E B41E AE1E B61E", windows1258: "C3 C3CC C3D2 C3DE C3EC C3F2",
      vni: "41CA 41C8 41DA 41DC 41C9 41CB", tcvn3: "A1 AF BA BF C0 -"),
    Row(
      "ÂẦẨẪẤẬ", nfc: "C382 E1BAA6 E1BAA8 E1BAAA E1BAA4 E1BAAC",
      nfd: "41CC82 41CC82CC80 41CC82CC89 41CC82CC83 41CC82CC81 41CCA3CC82",
      utf16: "C200 A61E A81E AA1E A41E AC1E", windows1258: "C2 C2CC C2D2 C2DE C2EC C2F2",
      vni: "41C2 41C0 41C5 41C3 41C1 41C4", tcvn3: "A2 C1 C2 C3 C4 -"),
    Row(
      "ÈẺẼÉẸ", nfc: "C388 E1BABA E1BABC C389 E1BAB8",
      nfd: "45CC80 45CC89 45CC83 45CC81 45CCA3",
      utf16: "C800 BA1E BC1E C900 B81E", windows1258: "C8 45D2 45DE C9 45F2",
      vni: "45D8 45DB 45D5 45D9 45CF", tcvn3: "- - - - -"),
    Row(
      "ÊỀỂỄẾỆ", nfc: "C38A E1BB80 E1BB82 E1BB84 E1BABE E1BB86",
      nfd: "45CC82 45CC82CC80 45CC82CC89 45CC82CC83 45CC82CC81 45CCA3CC82",
      utf16: "CA00 C01E C21E C41E BE1E C61E", windows1258: "CA CACC CAD2 CADE CAEC CAF2",
      vni: "45C2 45C0 45C5 45C3 45C1 45C4", tcvn3: "A3 C5 CD D9 DA -"),
    Row(
      "ÌỈĨÍỊ", nfc: "C38C E1BB88 C4A8 C38D E1BB8A",
      nfd: "49CC80 49CC89 49CC83 49CC81 49CCA3",
      utf16: "CC00 C81E 2801 CD00 CA1E", windows1258: "49CC 49D2 49DE CD 49F2",
      vni: "CC C6 D3 CD D2", tcvn3: "- - - - -"),
    Row(
      "ÒỎÕÓỌ", nfc: "C392 E1BB8E C395 C393 E1BB8C",
      nfd: "4FCC80 4FCC89 4FCC83 4FCC81 4FCCA3",
      utf16: "D200 CE1E D500 D300 CC1E", windows1258: "4FCC 4FD2 4FDE D3 4FF2",
      vni: "4FD8 4FDB 4FD5 4FD9 4FCF", tcvn3: "- - - - -"),
    Row(
      "ÔỒỔỖỐỘ", nfc: "C394 E1BB92 E1BB94 E1BB96 E1BB90 E1BB98",
      nfd: "4FCC82 4FCC82CC80 4FCC82CC89 4FCC82CC83 4FCC82CC81 4FCCA3CC82",
      utf16: "D400 D21E D41E D61E D01E D81E", windows1258: "D4 D4CC D4D2 D4DE D4EC D4F2",
      vni: "4FC2 4FC0 4FC5 4FC3 4FC1 4FC4", tcvn3: "A4 DB E0 F0 FF -"),
    Row(
      "ƠỜỞỠỚỢ", nfc: "C6A0 E1BB9C E1BB9E E1BBA0 E1BB9A E1BBA2",
      nfd: "4FCC9B 4FCC9BCC80 4FCC9BCC89 4FCC9BCC83 4FCC9BCC81 4FCC9BCCA3",
      utf16: "A001 DC1E DE1E E01E DA1E E21E", windows1258: "D5 D5CC D5D2 D5DE D5EC D5F2",
      vni: "D4 D4D8 D4DB D4D5 D4D9 D4CF", tcvn3: "A5 - - - - -"),
    Row(
      "ÙỦŨÚỤ", nfc: "C399 E1BBA6 C5A8 C39A E1BBA4",
      nfd: "55CC80 55CC89 55CC83 55CC81 55CCA3",
      utf16: "D900 E61E 6801 DA00 E41E", windows1258: "D9 55D2 55DE DA 55F2",
      vni: "55D8 55DB 55D5 55D9 55CF", tcvn3: "- - - - -"),
    Row(
      "ƯỪỬỮỨỰ", nfc: "C6AF E1BBAA E1BBAC E1BBAE E1BBA8 E1BBB0",
      nfd: "55CC9B 55CC9BCC80 55CC9BCC89 55CC9BCC83 55CC9BCC81 55CC9BCCA3",
      utf16: "AF01 EA1E EC1E EE1E E81E F01E", windows1258: "DD DDCC DDD2 DDDE DDEC DDF2",
      vni: "D6 D6D8 D6DB D6D5 D6D9 D6CF", tcvn3: "A6 - - - - -"),
    Row(
      "ỲỶỸÝỴ", nfc: "E1BBB2 E1BBB6 E1BBB8 C39D E1BBB4",
      nfd: "59CC80 59CC89 59CC83 59CC81 59CCA3",
      utf16: "F21E F61E F81E DD00 F41E", windows1258: "59CC 59D2 59DE 59EC 59F2",
      vni: "59D8 59DB 59D5 59D9 CE", tcvn3: "- - - - -"),
    Row(
      "Đ", nfc: "C490",
      nfd: "C490",
      utf16: "1001", windows1258: "D0",
      vni: "D1", tcvn3: "A7"),
  ]

  /// Scalar by scalar: `==` would take NFD for NFC.
  static func expect(
    _ bytes: [UInt8], _ encoding: ColumnEncoding, _ text: String, location: SourceLocation = #_sourceLocation
  ) {
    let decoded = encoding.decode(bytes)
    #expect(
      decoded.text.unicodeScalars.elementsEqual(text.unicodeScalars), "\(bytes) is \(decoded.text), not \(text)",
      sourceLocation: location)
    #expect(decoded.losses.isEmpty, sourceLocation: location)
  }

  @Test func allOfThem() {
    let letters = Self.rows.flatMap { $0.letters.unicodeScalars }
    #expect(letters.count == 134 && Set(letters).count == 134)
    #expect(
      Self.rows.allSatisfy { row in
        ["nfc", "nfd", "utf16", "windows1258", "vni", "tcvn3"].allSatisfy {
          row.bytes($0).count == row.letters.unicodeScalars.count
        }
      })
  }

  @Test(arguments: rows)
  func oneByOneAndTogether(_ row: Row) {
    for (name, encoding) in [
      ("nfc", TextEncoding.utf8), ("nfd", .utf8), ("windows1258", .windows1258), ("vni", .vni), ("tcvn3", .tcvn3),
    ] {
      let encoding = ColumnEncoding(encoding)
      var (all, text) = ([UInt8](), "")
      for (letter, bytes) in zip(row.letters.unicodeScalars, row.bytes(name)) {
        guard let bytes else { continue }
        Self.expect(bytes, encoding, String(letter))
        all += bytes
        text.unicodeScalars.append(letter)
      }
      Self.expect(all, encoding, text)
    }
  }

  @Test(arguments: rows)
  func utf16(_ row: Row) {
    let little = row.bytes("utf16").flatMap { $0 ?? [] }
    let big = stride(from: 0, to: little.count - 1, by: 2).flatMap { [little[$0 + 1], little[$0]] }
    for (bytes, isBigEndian) in [(little, false), (big, true)] {
      var transcoder = UTF16Transcoder(isBigEndian: isBigEndian)
      var output: [UInt8] = []
      transcoder.transcode(bytes, into: &output)
      transcoder.finish(into: &output)
      #expect(output == row.bytes("nfc").flatMap { $0 ?? [] })
    }
  }

  /// The capitals that TCVN3 leaves to the font: their bytes are the small letters', and a word of capitals lists them.
  @Test func capitalsOfTheFont() {
    let half = Self.rows.count / 2
    var missing = ""
    for (small, capital) in zip(Self.rows[..<half], Self.rows[half...]) {
      for (place, letter) in capital.letters.unicodeScalars.enumerated() where capital.bytes("tcvn3")[place] == nil {
        missing.unicodeScalars.append(letter)
        let lower = Array(small.letters.unicodeScalars)[place]
        let decoded = ColumnEncoding(.tcvn3).decode([0x42] + (small.bytes("tcvn3")[place] ?? []) + [0x42])
        #expect(decoded.text == "B\(lower)B")
        #expect(decoded.losses == [LossyLetter(.capitalUnknown, shown: String(lower), position: 1)])
      }
    }
    #expect(missing == "ÀẢÃÁẠẶẬÈẺẼÉẸỆÌỈĨÍỊÒỎÕÓỌỘỜỞỠỚỢÙỦŨÚỤỪỬỮỨỰỲỶỸÝỴ")
  }
}
