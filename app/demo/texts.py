"""What the people of the demo write about alerts: replies, notes, causes by subject; our own texts."""

from dataclasses import dataclass

from app.alerts.rules import RootCause


@dataclass(frozen=True, slots=True)
class Subject:
    """What a comment is about: why that happens, what was done, and what the store answers (uk, en)."""

    cause: RootCause
    action: str
    uk: str
    en: str

    def reply(self, language: str) -> str:
        """The store's answer in the shopper's language."""
        return self.en if language == "en" else self.uk


SUBJECTS = {
    "queue": Subject(
        RootCause.QUEUE,
        "З 17:00 до 20:00 працюють три каси, графік обідів змінено.",
        "Добрий день! Дякуємо, що написали. Ви чекали задовго. Відсьогодні ввечері працює ще одна каса.",
        "Hello, and thank you for telling us. One more till is open after five from today.",
    ),
    "till": Subject(
        RootCause.TILL,
        "Касу і термінал перевірено, зайву оплату повернено.",
        "Добрий день. Це збій на нашому боці, вибачте. Зайве повернемо на картку сьогодні.",
        "Hello. That was our system, and I am sorry. Anything extra goes back to your card today.",
    ),
    "price": Subject(
        RootCause.SHELF_PRICE,
        "Цінники відділу звірено з касою, старі знято.",
        "Вітаємо! Ціна на полиці важить більше, ніж на касі. Зайдіть з чеком або без: повернемо різницю.",
        "Hello. The price on the shelf counts. Come by any day and we will refund the difference.",
    ),
    "promo": Subject(
        RootCause.BONUS,
        "Бонуси нараховано вручну, умови акції роздруковано для каси.",
        "Добрий день. Знижку і бонуси перевірили: нарахуємо до вечора. Дякуємо, що сказали.",
        "Hello. We have checked your discount: it will be on your card by this evening.",
    ),
    "attitude": Subject(
        RootCause.ATTITUDE,
        "Розмова з працівником і старшою зміни, тиждень поруч із наставницею.",
        "Дякуємо за відвертість, нам соромно це читати. Зі зміною вже поговорили. Дайте нам ще один шанс.",
        "Thank you for being frank. This is not how we want to treat you. I have spoken with the team today.",
    ),
    "knowledge": Subject(
        RootCause.KNOWLEDGE,
        "Навчання щодо нової колекції для всіх змін.",
        "Добрий день! Шкода, що вам не допомогли. Напишіть, що шукали: підберемо й відкладемо.",
        "Hello. I am sorry nobody could help. Write here what you were looking for and we will put it aside.",
    ),
    "understaffed": Subject(
        RootCause.UNDERSTAFFED,
        "На вечір і вихідні додано консультанта в зал.",
        "Добрий день. Ви праві, людей у залі було замало. На вечір і вихідні додали ще одного консультанта.",
        "Hello. You are right, there were too few of us. From this week one more colleague is on the floor.",
    ),
    "stock": Subject(
        RootCause.OUT_OF_STOCK,
        "Дозамовлено, поставка в четвер.",
        "Добрий день. Товар дозамовили, буде в четвер. Напишіть розмір: відкладемо на ваше ім'я.",
        "Hello. It is on order and comes on Thursday. Write your size here and we will keep it for you.",
    ),
    "defect": Subject(
        RootCause.DEFECT,
        "Партію перевірено, браковане знято з продажу, товар замінено.",
        "Вітаємо! Так не має бути. Принесіть річ, навіть без чека: замінимо або повернемо гроші одразу.",
        "Hello. That should not happen. Bring it in, even without the receipt: we will swap or refund it.",
    ),
    "clean": Subject(
        RootCause.CLEANLINESS,
        "Прибрано й полагоджено, обхід щогодини за списком.",
        "Дякуємо, що не промовчали. Прибрали й полагодили ще зранку, тепер перевіряємо щогодини.",
        "Thank you for telling us. It is clean and mended since this morning, and we now check every hour.",
    ),
    "climate": Subject(
        RootCause.CLIMATE,
        "Майстра викликано, кондиціонер і світло налаштовано.",
        "Добрий день. Майстер уже був, температуру і світло налаштували. Дякуємо за терпіння.",
        "Hello. The technician has been here: heat and light are right again. Thank you for your patience.",
    ),
    "access": Subject(
        RootCause.ACCESS,
        "Прохід звільнено, біля входу додано вказівники.",
        "Добрий день! Прохід звільнили, додали вказівники біля входу. Якщо щось іще заважає, напишіть.",
        "Hello. The way is clear now and there are new signs. Tell us if anything is still missing.",
    ),
    "safety": Subject(
        RootCause.SAFETY,
        "Підлогу висушено, таблички на кожному вході, складено акт.",
        "Нам дуже прикро. Як ви почуваєтеся? Підлогу висушили, таблички стоять. Як вам допомогти?",
        "I am very sorry. How are you feeling? The floor is dry and marked now. Write here how we can help.",
    ),
    "expired": Subject(
        RootCause.EXPIRED,
        "Полицю перевірено, прострочене списано, перевірка щопонеділка.",
        "Дякуємо, що помітили. Полицю перевірили повністю, такого товару більше немає.",
        "Thank you for noticing. We have checked the whole shelf and nothing of the kind is left.",
    ),
    "returns": Subject(
        RootCause.RETURNS,
        "Нагадано правила повернення, бланк скорочено до однієї сторінки.",
        "Добрий день. Ви маєте право на повернення. Зайдіть будь-коли: приймемо без черги і зайвих паперів.",
        "Hello. You are entitled to that return. Come any day: no queue and no extra forms.",
    ),
    "hand_over": Subject(
        RootCause.HAND_OVER,
        "Повідомлення про готовність надсилаємо тільки після сканування на полиці.",
        "Вітаємо! Замовлення знайшли, сьогодні можна забрати. Або привеземо за наш рахунок.",
        "Hello. Your order is found and ready. We can also bring it to you at our cost.",
    ),
    "courier": Subject(
        RootCause.COURIER,
        "Скаргу передано службі доставки, вартість доставки повернено.",
        "Добрий день. Доставку вам повернемо. З кур'єрською службою вже розбираємося, дякуємо за сигнал.",
        "Hello. We refund the delivery and have taken it up with the courier. Thank you for letting us know.",
    ),
    "error": Subject(
        RootCause.ERROR,
        "Помилку виправлено, перед видачею подвійна перевірка.",
        "Вітаємо! Це наша помилка. Правильне відправимо завтра, повернення за наш рахунок.",
        "Hello. That was our mistake. The right one leaves tomorrow, and sending back costs you nothing.",
    ),
    "description": Subject(
        RootCause.DESCRIPTION,
        "Фото й розмірну сітку товару виправлено.",
        "Добрий день. Фото й розміри виправили, дякуємо. Річ можна повернути безкоштовно.",
        "Hello. Photo and sizes are corrected, thank you. You can send it back free of charge.",
    ),
    "call": Subject(
        RootCause.INFORMATION,
        "Звернення закріплено за одним оператором, на вечір додано двох.",
        "Добрий день. Ваше звернення тепер веде одна людина. Відповідь буде сьогодні до 18:00.",
        "Hello. One person looks after your request now. You will have an answer today by six.",
    ),
    "vague": Subject(
        RootCause.NOT_REPRODUCED,
        "Подробиць не отримано, передано зміні.",
        "Дякуємо за відгук. Нам важливо знати, що саме пішло не так. Напишіть тут кілька слів.",
        "Thank you for your feedback. We would like to know what went wrong: a few words here will do.",
    ),
    "praise": Subject(
        RootCause.MISUNDERSTANDING,
        "Це подяка, передано колегам.",
        "Дякуємо за теплі слова! Передали колегам.",
        "Thank you for your kind words. We have passed them on.",
    ),
}
WRITTEN_BACK = {
    "uk": "Дякую за відповідь. Зайду в суботу, кого спитати?",
    "en": "Thank you. I will come on Saturday, whom shall I ask for?",
}
REPLIES_AGAIN = {
    "uk": "Спитайте на стійці сервісу, там уже знають про вас. До суботи!",
    "en": "Ask at the service desk, they know about you. See you on Saturday.",
}
NOTES = (
    "Передано старшій зміни, на ранковій п'ятихвилинці обговоримо.",
    "Схожий відгук був минулого тижня.",
    "Перевірено за камерами, усе так і було.",
    "Регіональна в курсі.",
    "Talked to the evening shift about it.",
)
