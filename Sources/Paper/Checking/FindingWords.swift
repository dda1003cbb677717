public import Polling

extension FindingCode {
  /// What it means.
  public var title: LocalizedText { words.title }
  /// What to do about it.
  public var hint: LocalizedText { words.hint }

  private var words: (title: LocalizedText, hint: LocalizedText) {
    func say(_ vi: String, _ viHint: String, _ en: String, _ enHint: String) -> (LocalizedText, LocalizedText) {
      (LocalizedText(vi: vi, en: en), LocalizedText(vi: viHint, en: enHint))
    }
    return switch self {
    case .emptyFile: say("tệp rỗng", "chọn lại tệp", "the file is empty", "choose the right file")
    case .notATable:
      say(
        "tệp này không phải bảng tính", "lưu lại thành .xlsx hoặc .csv", "this file is no table",
        "save it as .xlsx or .csv")
    case .oldWorkbook:
      say(
        "tệp Excel hoặc Word kiểu cũ (.xls, .doc)", "mở bằng Excel, lưu lại thành .xlsx",
        "an old Excel or Word file (.xls, .doc)", "open it in Excel and save it as .xlsx")
    case .encrypted:
      say(
        "tệp có mật khẩu", "mở bằng Excel, bỏ mật khẩu rồi lưu lại", "the file has a password",
        "open it in Excel, take the password off, save it")
    case .ourExport:
      say(
        "đây là tệp do binhchon xuất ra, không phải phiếu giấy", "nhập tệp gốc của phiếu giấy",
        "this is a file that binhchon wrote, no paper results", "import the file the sheets were typed into")
    case .damagedWorkbook:
      say(
        "tệp .xlsx bị hỏng", "mở bằng Excel, lưu lại; hoặc lưu thành .csv", "the .xlsx file is damaged",
        "open it in Excel and save it again, or save it as .csv")
    case .unpacksTooLarge:
      say(
        "nội dung nén trong tệp quá lớn", "chia tệp ra, hoặc lưu thành .csv", "the file unpacks to far too much",
        "split it, or save it as .csv")
    case .documentType:
      say(
        "tệp .xlsx chứa khai báo DOCTYPE (thực thể ngoài): không đọc", "không dùng tệp này; hỏi người gửi",
        "the .xlsx holds a DOCTYPE (external entities): not read", "do not use it; ask who sent it")
    case .nulByte:
      say(
        "có byte 0: tệp nhị phân, hoặc UTF-16 thiếu dấu đầu tệp",
        "thử --encoding utf-16, hoặc lưu lại thành .csv UTF-8",
        "there is a zero byte: binary, or UTF-16 without its mark", "try --encoding utf-16, or save as UTF-8 .csv")
    case .cellTooLong:
      say(
        "một ô quá dài", "CSV: xem dấu nháy kép mở mà không đóng, hoặc sai dấu phân cách; Excel: rút ngắn ô",
        "a cell is too long",
        "CSV: look for a quote that is not closed, or another delimiter; Excel: shorten the cell")
    case .rowTooLong:
      say("một dòng quá dài", "xem lại dấu xuống dòng của tệp", "a row is too long", "look at the file's line ends")
    case .tooManyColumns:
      say("quá nhiều cột", "bỏ các cột thừa", "too many columns", "remove those that are not needed")
    case .tooManyRows: say("quá nhiều dòng", "chia tệp ra", "too many rows", "split the file")
    case .unclosedQuote:
      say(
        "dấu nháy kép mở mà không đóng", "sửa ô bắt đầu ở dòng này", "a quote is opened and never closed",
        "mend the cell that begins in this row")
    case .noHeading:
      say(
        "không thấy dòng tiêu đề", "cần một dòng tên cột như: Đơn vị, Kỳ, Câu hỏi, Mức, Số phiếu",
        "there is no heading row", "name the columns, as in: unit, period, question, level, count")
    case .missingColumn:
      say("thiếu cột", "thêm cột này, hoặc sửa tên cột", "a column is missing", "add it, or rename the one that is it")
    case .columnTwice:
      say("hai cột cùng một nội dung", "bỏ hoặc đổi tên một cột", "two columns for the same", "rename or remove one")
    case .noSuchSheet:
      say("không có trang tính này", "chọn một trang đang có", "there is no such sheet", "choose one that is there")
    case .noRows: say("không có dòng dữ liệu nào", "chọn lại tệp", "there are no rows", "choose the right file")
    case .unreadableLetters:
      say(
        "có chữ không đọc được trong bảng mã này", "thử --encoding khác, hoặc gõ lại ô",
        "letters that this encoding does not have", "try another --encoding, or type the cell again")
    case .strayQuote:
      say(
        "có chữ sau dấu nháy kép đóng", "gấp đôi dấu nháy bên trong: \"\"", "text behind a closing quote",
        "double the quotes inside: \"\"")
    case .cellsBeyondHeading:
      say(
        "dòng có nhiều ô hơn tiêu đề", "bao ô có dấu phân cách bằng dấu nháy kép", "more cells than the heading has",
        "quote the cell that holds the delimiter")
    case .missingValue:
      say(
        "ô trống", "điền ô này; ô gộp (merge) thì điền từng dòng; phiếu bỏ trống: ghi “trống”", "the cell is empty",
        "fill it in, each of merged cells too; if it was left blank on paper write “blank”")
    case .unknownUnit:
      say(
        "không có đơn vị này trong cuộc bình chọn", "xem các đơn vị: binhchon polls show", "the poll has no such unit",
        "see its units: binhchon polls show")
    case .severalUnits:
      say(
        "nhiều đơn vị mang tên này", "ghi đường dẫn đầy đủ của đơn vị", "several units have this name",
        "write the unit's full path")
    case .unknownQuestion:
      say(
        "không có câu hỏi này", "ghi mã hoặc nguyên văn câu hỏi", "the poll has no such question",
        "write its id or its text")
    case .unknownLevel:
      say(
        "không có mức này", "ghi mã hoặc tên mức; nhận cả “phiếu trống”, “không hợp lệ”",
        "the question has no such level", "write its code or its name; “blank” and “invalid” are known too")
    case .tooManyChoices:
      say(
        "chọn nhiều hơn số được phép, hoặc một lựa chọn hai lần", "xem lại phiếu",
        "more choices than allowed, or one twice",
        "look at the sheet again")
    case .notANumber: say("không phải số", "chỉ ghi chữ số", "not a number", "write digits only")
    case .notWhole:
      say(
        "không phải số nguyên", "số phiếu là số nguyên; 1.927 trong Excel tiếng Anh bị đọc thành 1,927: gõ 1927",
        "not a whole number", "counts are whole; English Excel reads 1.927 as a fraction: type 1927")
    case .negative: say("số âm", "số phiếu không âm", "negative", "counts are not negative")
    case .tooLarge: say("số quá lớn", "xem lại số này", "too large", "look at this number again")
    case .nameTooLong:
      say(
        "tên tờ hoặc số phiếu quá dài", "rút ngắn; lời giải thích ghi ở cột ghi chú",
        "the name of a sheet or a questionnaire is too long", "shorten it; put explanations into a column for notes")
    case .notADate:
      say(
        "không phải ngày hoặc kỳ", "ghi 25/12/2025, 12/2025, Quý IV/2025 hoặc 2025", "not a day or period",
        "write 25/12/2025, 12/2025, Q4/2025 or 2025")
    case .monthFirst:
      say(
        "ngày ghi kiểu tháng trước (Mỹ)", "ghi ngày trước: 25/12/2025; tháng: 9/2025", "the month stands first",
        "write the day first: 25/12/2025; a month: 9/2025")
    case .futureDate: say("ngày chưa tới", "xem lại ngày", "a day to come", "look at the day again")
    case .outsidePoll:
      say(
        "ngoài thời gian của cuộc bình chọn", "xem lại ngày, hoặc chọn cuộc khác", "outside of the poll's time",
        "look at the day again, or name another poll")
    case .otherWeekday:
      say(
        "thứ không khớp với ngày", "xem lại cả thứ lẫn ngày", "the weekday is not that of the day",
        "look at both again")
    case .yearUnknown:
      say(
        "ngày không ghi năm, và không rõ năm nào", "ghi đủ năm: 22/9/2025",
        "a day without its year, which is not clear", "write the year: 22/9/2025")
    case .formulaWithoutValue:
      say(
        "công thức chưa được tính", "mở bằng Excel, lưu lại; hoặc dán giá trị", "a formula that was never computed",
        "open and save it in Excel, or paste the values")
    case .failedFormula:
      say("công thức lỗi", "sửa công thức hoặc gõ số", "a formula that failed", "mend it, or type the number")
    case .sumDiffers:
      say(
        "tổng các mức + trống + không hợp lệ khác số phiếu", "đếm lại tờ này",
        "levels + blank + invalid differ from the number of sheets", "count this sheet again")
    case .rowTwice:
      say(
        "dòng lặp: cùng tờ, đơn vị, kỳ, câu hỏi, mức",
        "bỏ dòng thừa; hai buổi trong ngày: cộng lại, hoặc ghi tên tờ khác nhau", "the same row again",
        "remove one of them; two parts of a day: add them up, or name different sheets")
    case .questionnaireTwice:
      say("số phiếu này đã có ở trên", "bỏ dòng thừa", "this questionnaire is there already", "remove one of them")
    case .totalsDiffer:
      say(
        "dòng tổng cộng khác tổng các dòng trên", "tìm dòng sai, hoặc bỏ dòng tổng",
        "the totals row differs from the rows above", "find the wrong row, or remove this one")
    case .sheetsDiffer:
      say(
        "số phiếu phát ra/thu về không thống nhất giữa các dòng", "ghi cùng một số cho mọi dòng của tờ",
        "the rows of one sheet name different numbers of sheets", "write the same number in each")
    case .sheetTorn:
      say(
        "các dòng của một tờ không đứng liền nhau, hoặc tờ lặp lại", "sắp xếp theo tờ, đơn vị, kỳ, câu hỏi",
        "the rows of one sheet are not together, or the sheet is there twice", "sort by sheet, unit, period, question")
    case .encodingUnsure:
      say(
        "chưa chắc về bảng mã của cột", "xem mẫu; ép bằng --encoding", "the column's encoding is not sure",
        "look at the sample; force one with --encoding")
    case .capitalUnknown:
      say(
        "TCVN3 không phân biệt chữ hoa có dấu", "chỉ khác chữ hoa, so tên không ảnh hưởng",
        "TCVN3 does not tell capitals with tones", "only the case is unknown; names still match")
    case .columnIgnored:
      say("cột không dùng", "không cần làm gì nếu đúng vậy", "the column is not used", "nothing to do if that is right")
    case .numberDoubtful:
      say(
        "số ghi kiểu Anh (1,927): đọc là một nghìn chín trăm…", "ghi 1.927 hoặc 1927",
        "a comma for thousands (1,927): read as whole", "write 1.927 or 1927")
    case .datesEitherWay:
      say(
        "không ngày nào trong cột cho biết ngày hay tháng đứng trước: đọc ngày trước", "xem lại một ngày đã biết",
        "no day of the column shows whether days stand first: read so", "look at one day that you know")
    case .serialDate:
      say(
        "ngày là số của Excel", "xem lại ngày đọc được", "the day is Excel's number", "look at the day it was read as")
    case .shortYear: say("năm viết hai chữ số", "ghi đủ bốn", "a year of two digits", "write four")
    case .yearAssumed:
      say(
        "ngày không ghi năm: lấy năm duy nhất hợp với kỳ", "ghi đủ năm: 22/9/2025",
        "a day without its year: read as the only one that the period has", "write the year: 22/9/2025")
    case .formulaValue:
      say(
        "ô là công thức: dùng giá trị lưu lần cuối", "dán giá trị nếu không chắc",
        "a formula: its last saved value is used", "paste the values if in doubt")
    case .totalsRow:
      say("dòng tổng cộng: không tính", "không cần làm gì", "a totals row: not counted", "nothing to do")
    case .ownRejects:
      say(
        "đây là tệp lỗi của lần nhập trước: chỉ gồm các dòng đã sửa", "bỏ qua nếu đúng vậy",
        "this is our rejects file: only the rows that were mended", "nothing to do if that is right")
    case .otherSheets:
      say(
        "tệp còn trang tính khác, không đọc", "chọn trang bằng --sheet", "other sheets are not read",
        "choose one with --sheet")
    case .manyInvalid:
      say(
        "từ 3 % phiếu trống hoặc không hợp lệ", "kiểm lại tờ này", "3 % or more blank or invalid",
        "look at this sheet again")
    case .weekend:
      say(
        "ngày cuối tuần", "xem lại ngày, nếu hôm đó không mở cửa", "a weekend", "look again if it was closed that day")
    case .roundNumbers:
      say(
        "quá nhiều số tròn (tận cùng 0 hoặc 5)", "hỏi người đếm có ước lượng không", "too many numbers end in 0 or 5",
        "ask whether they were counted or guessed")
    case .repeated:
      say(
        "cùng một số hoặc câu trả lời lặp liên tiếp nhiều lần", "xem lại các tờ này",
        "the same number or answers many times in a row", "look at these sheets again")
    case .unaccented:
      say(
        "viết thiếu dấu: hiểu theo tên gần nhất", "ghi đủ dấu", "without marks: taken for the one it fits", "write them"
      )
    case .levelByNumber:
      say(
        "mức ghi bằng số: 1 là mức thấp nhất", "ghi mã mức nếu thứ tự khác", "levels as numbers: 1 is the worst",
        "write their codes if the order is another")
    case .repeatsUnchecked:
      say(
        "tệp quá lớn để tìm dòng lặp tới cuối", "chia tệp ra", "too large to look for repeated rows to its end",
        "split the file")
    }
  }
}
