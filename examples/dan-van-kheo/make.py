#!/usr/bin/env python3
"""Writes the example files beside it: registrations, commendations and inspections of four districts and a province.

The counts are those that were published; all names and words in the rows are drawn with SEED, for none were. Run it
again after changing it; the files are committed, so that they can be tried without Python.
"""

import csv
import pathlib

SEED = 25_218
HERE = pathlib.Path(__file__).resolve().parent


class SplitMix64:
    """The same numbers on every machine and in every version of Python."""

    def __init__(self, seed):
        self.state = seed

    def next(self):
        mask = (1 << 64) - 1
        self.state = (self.state + 0x9E3779B97F4A7C15) & mask
        value = self.state
        value = ((value ^ (value >> 30)) * 0xBF58476D1CE4E5B9) & mask
        value = ((value ^ (value >> 27)) * 0x94D049BB133111EB) & mask
        return value ^ (value >> 31)

    def below(self, count):
        return self.next() % count

    def pick(self, items):
        return items[self.below(len(items))]


# Field, topic, name, then what the form asks: reason, goals, method, outputs.
MODELS = [
    ("Xây dựng hệ thống chính trị", "xay-dung-chinh-quyen", "Một cửa thân thiện",
     "Người dân phải đi lại nhiều lần", "100 % hồ sơ trả đúng hẹn", "Hướng dẫn điền tờ khai tại chỗ", "Không còn hồ sơ trễ hẹn"),
    ("xây dựng hệ thống chính trị", "xay-dung-chinh-quyen", "Ngày thứ Sáu nghe dân nói",
     "Kiến nghị chậm được trả lời", "Trả lời mọi kiến nghị trong 7 ngày", "Lãnh đạo gặp dân tại nhà sinh hoạt", "Sổ kiến nghị không còn việc tồn"),
    ("Kinh tế - quản lý đô thị", "chinh-trang-do-thi", "Tuyến phố xanh, sạch, đẹp",
     "Vỉa hè bị lấn chiếm", "Cả tuyến thông thoáng", "Từng nhà cam kết, tự quản", "Vỉa hè có hoa, không còn lấn chiếm"),
    ("kinh tế – quản lý đô thị", "giai-phong-mat-bang", "Mở ngõ, hiến đất",
     "Ngõ hẹp, xe cứu hỏa không vào được", "Ngõ rộng 3 m", "Vận động từng hộ lùi tường", "Xe cứu hỏa vào được tận nơi"),
    ("Kinh tế - quản lý đô thị", "thu-ngan-sach", "Hộ kinh doanh nộp thuế đúng hạn",
     "Nợ thuế kéo dài", "95 % hộ nộp đúng hạn", "Nhắc hẹn, hướng dẫn nộp trực tuyến", "Nợ thuế giảm quá nửa"),
    ("Văn hóa – Xã hội", "canh-quan-moi-truong", "Ngõ không rác",
     "Rác đọng ở đầu ngõ", "Không còn điểm đọng rác", "Phân loại tại nhà, đổ đúng giờ", "Hai điểm rác thành vườn hoa"),
    ("văn hóa - xã hội", "canh-quan-moi-truong", "Tủ sách trước cửa",
     "Trẻ em ít chỗ đọc sách", "Mỗi tổ một tủ sách", "Góp sách, thay nhau trông", "Mỗi tuần hơn 50 lượt đọc"),
    ("Văn hóa – xã hội", "", "Bữa cơm cho người già neo đơn",
     "Nhiều cụ sống một mình", "Mỗi tuần hai bữa cơm nóng", "Các nhà thay nhau nấu", "Không cụ nào bị bỏ quên"),
    ("An ninh, quốc phòng", "", "Tổ tự quản về phòng cháy",
     "Nhà liền nhà, dễ cháy lan", "Nhà nào cũng có bình chữa cháy", "Tập huấn mỗi quý một lần", "Không để xảy ra cháy lớn"),
    ("Quốc phòng, an ninh", "", "Tiếng kẻng an ninh",
     "Hay mất xe máy", "Giảm một nửa số vụ", "Tuần tra đêm theo nhóm", "Số vụ mất xe giảm hai phần ba"),
]
BENEFICIARIES = ["Các hộ trong tổ dân phố", "Người dân trong phường", "Trẻ em và người cao tuổi", "Hộ kinh doanh trong phố"]
FORCES = ["Tổ dân vận và các hộ", "Chi bộ, Mặt trận, các đoàn thể", "Đoàn Thanh niên, Hội Phụ nữ", "Cựu chiến binh, tổ trưởng dân phố"]
RESOURCES = ["Cả năm; người dân đóng góp", "Từ quý I; ngân sách phường và xã hội hóa", "Sáu tháng; công sức của các hộ"]
SUSTAINING = ["Giữ nề nếp, nhân ra tổ bên", "Mỗi quý nhìn lại một lần", "Nhân rộng ra toàn phường năm sau"]
COLLECTIVES = ["Tổ dân vận tổ dân phố số", "Chi hội Phụ nữ số", "Chi đoàn Thanh niên số", "Ban Công tác Mặt trận số", "Chi hội Cựu chiến binh số"]
FAMILIES = ["Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Vũ", "Đặng", "Bùi", "Đỗ", "Ngô", "Dương", "Huỳnh"]
NAMES = [
    (["Văn", "Đức", "Hữu", "Minh", "Quang"], ["An", "Bình", "Dũng", "Hòa", "Khánh", "Phúc", "Sơn", "Tuấn", "Vinh", "Ước"]),
    (["Thị", "Ngọc", "Thu", "Kim", "Thanh"], ["Chi", "Giang", "Hà", "Lan", "Mai", "Nga", "Oanh", "Quyên", "Thúy", "Yến"]),
]


class Names:
    """Each name once."""

    def __init__(self, draws):
        self.draws, self.taken = draws, set()

    def new(self, draw):
        while True:
            name = draw()
            if name not in self.taken:
                self.taken.add(name)
                return name

    def collective(self):
        return self.new(lambda: f"{self.draws.pick(COLLECTIVES)} {1 + self.draws.below(120)}")

    def individual(self):
        return self.new(lambda: " ".join(map(self.draws.pick, (FAMILIES, *self.draws.pick(NAMES)))))

    def model(self, base):
        return self.new(lambda: f"{base}, tổ dân phố số {1 + self.draws.below(120)}")


def write(name, headings, rows):
    """As spreadsheets write it: a mark of UTF-8, CRLF."""
    with open(HERE / name, "w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([headings] + list(rows))


HEADINGS_2020 = ["Mã", "Loại", "Tên", "Đơn vị", "Lĩnh vực"]


def registrations_2020(draws):
    names = Names(draws)
    for number in range(166):
        kind = "tập thể" if number < 89 else "cá nhân"
        name = names.collective() if number < 89 else names.individual()
        yield [f"dd20-{number + 1:03}", kind, name, f"phuong-{number % 21 + 1:02}", draws.pick(MODELS)[0]]


HEADINGS_2023 = [
    "Mã", "Tên mô hình", "Đơn vị", "Loại chủ thể", "Chủ thể", "Lĩnh vực", "Chủ đề", "Việc mới", "Việc khó",
    "Thực trạng, lý do", "Mục tiêu, tiêu chí", "Nội dung, cách làm", "Địa bàn, đối tượng thụ hưởng",
    "Lực lượng tham gia", "Thời gian, nguồn lực", "Kết quả, sản phẩm", "Duy trì, nhân rộng",
]


def registrations_2023(draws):
    names = Names(draws)
    for number in range(613):
        field, topic, base, reason, goals, method, outputs = draws.pick(MODELS)
        kind = "tập thể" if number < 314 else "cá nhân"
        registrant = names.collective() if number < 314 else names.individual()
        yield [
            f"dd23-{number + 1:03}", names.model(base), f"phuong-{number % 21 + 1:02}", kind, registrant, field, topic,
            ["", "x"][draws.below(3) == 0], ["", "x"][draws.below(4) == 0], reason, goals, method,
            draws.pick(BENEFICIARIES), draws.pick(FORCES), draws.pick(RESOURCES), outputs, draws.pick(SUSTAINING),
        ]


def awards(name, campaign_unit, issuer, kind, level, period, lines, basis="", topic=""):
    first, last = period
    text = [
        "# Made by make.py: the counts were published, the names are drawn.",
        f"id: {name}",
        f"unit: {campaign_unit}",
        f"issuer: {issuer}",
        *([f"legal-basis: {basis}"] if basis else []),
        f"kind: {kind}",
        f"level: {level}",
        f"period: {{from: {first}-01-01, until: {last + 1}-01-01}}",
        *([f"topic: {topic}"] if topic else []),
        "lines:",
    ]
    (HERE / f"khen-thuong-{name}.yaml").write_text("\n".join(text + lines) + "\n", encoding="utf-8")


def named(names, counts):
    """Lines of so many collectives, individuals and models."""
    draw = {"collective": names.collective, "individual": names.individual, "model": lambda: names.model("Ngõ không rác")}
    return [
        f'  - {{kind: {kind}, name: "{draw[kind]()}"}}' for kind, count in counts.items() for _ in range(count)
    ]


def commendations(draws):
    """Six lists. Nobody says how the twenty of 2020 are split; the fourteen of Thanh Xuân have both of theirs."""
    names = Names(draws)
    unsplit = ["  - {unsplit: 20, among: [collective, individual]}"]
    awards("dong-da-2020", "dong-da", "Quận Đống Đa", "GIAY_KHEN", "district", (2020, 2020), unsplit)
    awards(
        "dong-da-2023", "dong-da", "Quận Đống Đa", "KHEN_THUONG", "district", (2023, 2023),
        named(names, {"collective": 12, "individual": 3}), topic="trong công tác xây dựng chính quyền năm 2023")
    awards(
        "hue-2023", "thua-thien-hue", "Ban Thường vụ Tỉnh ủy", "BANG_KHEN", "province", (2023, 2023),
        named(names, {"individual": 30}))
    awards(
        "hai-chau-2010-2020", "hai-chau", "Quận ủy Hải Châu", "KHEN_THUONG", "district", (2010, 2020),
        named(names, {"collective": 24, "individual": 19, "model": 2}))
    fourteen = named(names, {"collective": 7, "individual": 7})
    for basis in ["nq-25", "qd-218"]:
        awards(
            f"thanh-xuan-{basis}", "thanh-xuan", "Ban Thường vụ Quận ủy Thanh Xuân", "KHEN_THUONG", "district",
            (2013, 2023), fourteen, basis=basis)


def inspections(draws):
    """Twenty teams, thirty-five visits, each to another unit."""
    text = ["# Made by make.py: the counts were published, all else is drawn.", "teams:"]
    text += [f"  - Đoàn kiểm tra số {team + 1}" for team in range(20)]
    text.append("visits:")
    findings = ["đã triển khai đầy đủ", "cần phân công rõ hơn", "có cách làm hay, nên nhân rộng"]
    for visit in range(35):
        day = f"{2016 + visit % 5}-{1 + draws.below(9):02}-{1 + draws.below(28):02}"
        text.append(
            f"  - {{id: kt-{visit + 1:02}, team: Đoàn kiểm tra số {visit % 20 + 1}, unit: dong-da/don-vi-{visit + 1:02}, "
            f'day: {day}, finding: "{draws.pick(findings)}"}}')
    text += [
        "reviews:",
        "  - {id: so-ket-5-nam, unit: dong-da, due: 2020-10-15, done: 2020-10-15}",
        "  - {id: kiem-tra-lai, unit: dong-da/don-vi-07, due: 2020-12-31}",
    ]
    (HERE / "kiem-tra.yaml").write_text("\n".join(text) + "\n", encoding="utf-8")


def main():
    draws = SplitMix64(SEED)
    write("dang-ky-2020.csv", HEADINGS_2020, registrations_2020(draws))
    write("dang-ky-2023.csv", HEADINGS_2023, registrations_2023(draws))
    commendations(draws)
    inspections(draws)


if __name__ == "__main__":
    main()
