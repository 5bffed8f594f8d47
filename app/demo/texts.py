"""What the people of the demo write about alerts: replies, notes, causes; our own texts."""

from collections.abc import Sequence

from app.alerts.rules import Dismissal, RootCause
from app.demo.chain import Place

REPLIES = {
    "uk": (
        "Добрий день! Дякуємо, що написали. Прикро, що так вийшло. Ввечері тепер працює ще одна каса.",
        "Вітаю! Це наша помилка. Зайдіть, коли буде зручно: повернемо різницю без черги і паперів.",
        "Дякуємо за відвертість. Із працівником уже поговорили. Якщо хочете додати, напишіть тут.",
        "Добрий день. Товар уже на полиці, для вас відклали до кінця тижня. Вибачте за зайву дорогу.",
        "Вітаю! Замовлення знайшли, сьогодні можна забрати. Або привеземо за наш рахунок.",
        "Дякуємо, що не промовчали. Прибрали й полагодили ще зранку, тепер перевіряємо щогодини.",
    ),
    "en": (
        "Hello, and thank you for telling us. That was our mistake. Come by and we will put it right.",
        "Hello. We have opened another till for the evening. I am sorry for the wait you had.",
        "Thank you for writing. Your parcel is found and leaves today at our cost.",
    ),
}
WRITTEN_BACK = {
    "uk": (
        "Дякую за швидку відповідь, зайду в суботу.",
        "Добре, але гроші поки що не надійшли.",
        "Дякую, все повернули. Приємно, що почули.",
    ),
    "en": ("Thank you, that settles it.", "I came in, and nobody knew about it. Can you check again?"),
}
NOTES = (
    "За відео на касі справді був один касир, двоє на обіді одночасно.",
    "Передано старшій зміни, на ранковій п'ятихвилинці обговоримо.",
    "Логістам написано, чекаємо відповіді до 16:00.",
    "Телефон зайнятий, ще одна спроба за десять хвилин.",
    "Схожий відгук був минулого тижня, той самий відділ.",
    "Технічний директор подивиться термінал сьогодні.",
    "Talked to the evening shift, they will call a second cashier when five people wait.",
)
DISMISSALS = (Dismissal.TEST, Dismissal.NOT_A_COMPLAINT, Dismissal.DUPLICATE, Dismissal.SPAM)
CAUSES: dict[Place, Sequence[tuple[RootCause, str]]] = {
    Place.TILL: (
        (RootCause.QUEUE, "З 17:00 до 20:00 працюють три каси, графік обідів змінено."),
        (RootCause.SHELF_PRICE, "Цінники відділу звірили, різницю повернули."),
        (RootCause.TILL, "Термінал замінили, перевірили решту."),
        (RootCause.PROMO_TERMS, "Акційні цінники знято в день закінчення акції."),
        (RootCause.ATTITUDE, "Розмова з касиром, тиждень поруч із наставницею."),
    ),
    Place.SHOP: (
        (RootCause.UNDERSTAFFED, "На вихідні додали консультанта в зал."),
        (RootCause.OUT_OF_STOCK, "Дозамовили, поставка у четвер."),
        (RootCause.ATTITUDE, "Розмова зі зміною, повторили правила зустрічі."),
        (RootCause.CLEANLINESS, "Прибирання залу щогодини, вхід щопівгодини."),
        (RootCause.KNOWLEDGE, "Навчання щодо нової колекції для всіх змін."),
    ),
    Place.FITTING: (
        (RootCause.CLEANLINESS, "Полагодили гачки, прибирання за графіком на дверях."),
        (RootCause.UNDERSTAFFED, "У пікові години біля примірочних стоїть консультант."),
    ),
    Place.DESK: (
        (RootCause.RETURNS, "Нагадали правила повернення, бланк скорочено до однієї сторінки."),
        (RootCause.POLICY, "Передано в головний офіс: строк експертизи."),
        (RootCause.KNOWLEDGE, "Пам'ятка про гарантію на стійці."),
    ),
    Place.PICK_UP: (
        (RootCause.HAND_OVER, "Повідомлення про готовність надсилаємо тільки після сканування на полиці."),
        (RootCause.ERROR, "Подвійна перевірка кольору й розміру перед видачею."),
    ),
    Place.ONLINE: (
        (RootCause.COURIER, "Звернення до служби доставки, компенсовано вартість."),
        (RootCause.DESCRIPTION, "Фото і розмірну сітку товару виправлено."),
        (RootCause.SITE, "Помилку кошика передано розробникам, виправлено наступного дня."),
    ),
    Place.CALL: (
        (RootCause.UNDERSTAFFED, "Додали двох операторів на вечірню зміну."),
        (RootCause.INFORMATION, "Картка звернення тепер передається разом із дзвінком."),
    ),
}
