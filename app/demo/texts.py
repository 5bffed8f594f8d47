"""What the people of the demo write about alerts: replies, notes, causes by subject; our own texts."""

from dataclasses import dataclass

from app.alerts.rules import RootCause


@dataclass(frozen=True, slots=True)
class Subject:
    """What a comment is about: why that happens, what was done, and what the store answers (uk, en, pl)."""

    cause: RootCause
    action: str
    uk: str
    en: str
    pl: str

    def reply(self, language: str) -> str:
        """The store's answer in the shopper's language."""
        return {"en": self.en, "pl": self.pl}.get(language, self.uk)


SUBJECTS = {
    "queue": Subject(
        RootCause.QUEUE,
        "З 17:00 до 20:00 працюють три каси, графік обідів змінено.",
        "Добрий день! Дякуємо, що написали. Ви чекали задовго. Відсьогодні ввечері працює ще одна каса.",
        "Hello, and thank you for telling us. One more till is open after five from today.",
        "Dzień dobry, dziękujemy za sygnał. Czekanie trwało za długo. Od dziś wieczorem działa druga kasa.",
    ),
    "till": Subject(
        RootCause.TILL,
        "Касу і термінал перевірено, зайву оплату повернено.",
        "Добрий день. Це збій на нашому боці, вибачте. Зайве повернемо на картку сьогодні.",
        "Hello. That was our system, and I am sorry. Anything extra goes back to your card today.",
        "Dzień dobry. To nasza awaria, przepraszamy. Nadpłatę zwrócimy na kartę jeszcze dzisiaj.",
    ),
    "price": Subject(
        RootCause.SHELF_PRICE,
        "Цінники відділу звірено з касою, старі знято.",
        "Вітаємо! Ціна на полиці важить більше, ніж на касі. Зайдіть з чеком або без: повернемо різницю.",
        "Hello. The price on the shelf counts. Come by any day and we will refund the difference.",
        "Dzień dobry. Liczy się cena z półki. Zapraszamy, z paragonem lub bez: zwrócimy różnicę.",
    ),
    "promo": Subject(
        RootCause.BONUS,
        "Бонуси нараховано вручну, умови акції роздруковано для каси.",
        "Добрий день. Знижку і бонуси перевірили: нарахуємо до вечора. Дякуємо, що сказали.",
        "Hello. We have checked your discount: it will be on your card by this evening.",
        "Dzień dobry. Sprawdziliśmy zniżkę: do wieczora będzie na karcie. Dziękujemy za sygnał.",
    ),
    "attitude": Subject(
        RootCause.ATTITUDE,
        "Розмова з працівником і старшою зміни, тиждень поруч із наставницею.",
        "Дякуємо за відвертість, нам соромно це читати. Зі зміною вже поговорили. Дайте нам ще один шанс.",
        "Thank you for being frank. This is not how we want to treat you. I have spoken with the team today.",
        "Dziękujemy za szczerość, przykro to czytać. Zespół już o tym wie. Prosimy o jeszcze jedną szansę.",
    ),
    "knowledge": Subject(
        RootCause.KNOWLEDGE,
        "Навчання щодо нової колекції для всіх змін.",
        "Добрий день! Шкода, що вам не допомогли. Напишіть, що шукали: підберемо й відкладемо.",
        "Hello. I am sorry nobody could help. Write here what you were looking for and we will put it aside.",
        "Dzień dobry. Szkoda, że nikt nie pomógł. Napisz, czego szukasz: znajdziemy i odłożymy.",
    ),
    "understaffed": Subject(
        RootCause.UNDERSTAFFED,
        "На вечір і вихідні додано консультанта в зал.",
        "Добрий день. Ви праві, людей у залі було замало. На вечір і вихідні додали ще одного консультанта.",
        "Hello. You are right, there were too few of us. From this week one more colleague is on the floor.",
        "Dzień dobry. To prawda, było nas za mało. Od tego tygodnia na sali jest jedna osoba więcej.",
    ),
    "stock": Subject(
        RootCause.OUT_OF_STOCK,
        "Дозамовлено, поставка в четвер.",
        "Добрий день. Товар дозамовили, буде в четвер. Напишіть розмір: відкладемо на ваше ім'я.",
        "Hello. It is on order and comes on Thursday. Write your size here and we will keep it for you.",
        "Dzień dobry. Towar jest zamówiony, będzie w czwartek. Napisz rozmiar, a odłożymy.",
    ),
    "defect": Subject(
        RootCause.DEFECT,
        "Партію перевірено, браковане знято з продажу, товар замінено.",
        "Вітаємо! Так не має бути. Принесіть річ, навіть без чека: замінимо або повернемо гроші одразу.",
        "Hello. That should not happen. Bring it in, even without the receipt: we will swap or refund it.",
        "Dzień dobry. Tak być nie powinno. Przynieś tę rzecz, też bez paragonu: wymienimy lub zwrócimy.",
    ),
    "clean": Subject(
        RootCause.CLEANLINESS,
        "Прибрано й полагоджено, обхід щогодини за списком.",
        "Дякуємо, що не промовчали. Прибрали й полагодили ще зранку, тепер перевіряємо щогодини.",
        "Thank you for telling us. It is clean and mended since this morning, and we now check every hour.",
        "Dziękujemy za sygnał. Posprzątaliśmy i naprawiliśmy jeszcze rano, teraz sprawdzamy co godzinę.",
    ),
    "climate": Subject(
        RootCause.CLIMATE,
        "Майстра викликано, кондиціонер і світло налаштовано.",
        "Добрий день. Майстер уже був, температуру і світло налаштували. Дякуємо за терпіння.",
        "Hello. The technician has been here: heat and light are right again. Thank you for your patience.",
        "Dzień dobry. Serwis już był: temperatura i światło wróciły do normy. Dziękujemy za cierpliwość.",
    ),
    "access": Subject(
        RootCause.ACCESS,
        "Прохід звільнено, біля входу додано вказівники.",
        "Добрий день! Прохід звільнили, додали вказівники біля входу. Якщо щось іще заважає, напишіть.",
        "Hello. The way is clear now and there are new signs. Tell us if anything is still missing.",
        "Dzień dobry. Przejście jest już wolne, są nowe oznaczenia. Napisz, jeśli coś jeszcze przeszkadza.",
    ),
    "safety": Subject(
        RootCause.SAFETY,
        "Підлогу висушено, таблички на кожному вході, складено акт.",
        "Нам дуже прикро. Як ви почуваєтеся? Підлогу висушили, таблички стоять. Як вам допомогти?",
        "I am very sorry. How are you feeling? The floor is dry and marked now. Write here how we can help.",
        "Bardzo nam przykro. Jak zdrowie? Podłoga jest sucha i oznaczona. Napisz, jak możemy pomóc.",
    ),
    "expired": Subject(
        RootCause.EXPIRED,
        "Полицю перевірено, прострочене списано, перевірка щопонеділка.",
        "Дякуємо, що помітили. Полицю перевірили повністю, такого товару більше немає.",
        "Thank you for noticing. We have checked the whole shelf and nothing of the kind is left.",
        "Dziękujemy za czujność. Sprawdziliśmy całą półkę i nie ma już takiego towaru.",
    ),
    "returns": Subject(
        RootCause.RETURNS,
        "Нагадано правила повернення, бланк скорочено до однієї сторінки.",
        "Добрий день. Ви маєте право на повернення. Зайдіть будь-коли: приймемо без черги і зайвих паперів.",
        "Hello. You are entitled to that return. Come any day: no queue and no extra forms.",
        "Dzień dobry. Zwrot się należy. Zapraszamy w dowolny dzień: bez kolejki i zbędnych papierów.",
    ),
    "hand_over": Subject(
        RootCause.HAND_OVER,
        "Повідомлення про готовність надсилаємо тільки після сканування на полиці.",
        "Вітаємо! Замовлення знайшли, сьогодні можна забрати. Або привеземо за наш рахунок.",
        "Hello. Your order is found and ready. We can also bring it to you at our cost.",
        "Dzień dobry. Zamówienie się znalazło i czeka. Możemy je też przywieźć na nasz koszt.",
    ),
    "courier": Subject(
        RootCause.COURIER,
        "Скаргу передано службі доставки, вартість доставки повернено.",
        "Добрий день. Доставку вам повернемо. З кур'єрською службою вже розбираємося, дякуємо за сигнал.",
        "Hello. We refund the delivery and have taken it up with the courier. Thank you for letting us know.",
        "Dzień dobry. Zwracamy koszt dostawy, a z kurierem już to wyjaśniamy. Dziękujemy za sygnał.",
    ),
    "error": Subject(
        RootCause.ERROR,
        "Помилку виправлено, перед видачею подвійна перевірка.",
        "Вітаємо! Це наша помилка. Правильне відправимо завтра, повернення за наш рахунок.",
        "Hello. That was our mistake. The right one leaves tomorrow, and sending back costs you nothing.",
        "Dzień dobry. To nasz błąd. Właściwą rzecz wyślemy jutro, odesłanie na nasz koszt.",
    ),
    "description": Subject(
        RootCause.DESCRIPTION,
        "Фото й розмірну сітку товару виправлено.",
        "Добрий день. Фото й розміри виправили, дякуємо. Річ можна повернути безкоштовно.",
        "Hello. Photo and sizes are corrected, thank you. You can send it back free of charge.",
        "Dzień dobry. Zdjęcie i rozmiary są poprawione, dziękujemy. Odesłanie jest bezpłatne.",
    ),
    "call": Subject(
        RootCause.INFORMATION,
        "Звернення закріплено за одним оператором, на вечір додано двох.",
        "Добрий день. Ваше звернення тепер веде одна людина. Відповідь буде сьогодні до 18:00.",
        "Hello. One person looks after your request now. You will have an answer today by six.",
        "Dzień dobry. Sprawę prowadzi teraz jedna osoba. Odpowiedź będzie dzisiaj do 18:00.",
    ),
    "vague": Subject(
        RootCause.NOT_REPRODUCED,
        "Подробиць не отримано, передано зміні.",
        "Дякуємо за відгук. Нам важливо знати, що саме пішло не так. Напишіть тут кілька слів.",
        "Thank you for your feedback. We would like to know what went wrong: a few words here will do.",
        "Dziękujemy za opinię. Chcemy wiedzieć, co poszło nie tak: wystarczy kilka słów tutaj.",
    ),
    "praise": Subject(
        RootCause.MISUNDERSTANDING,
        "Це подяка, передано колегам.",
        "Дякуємо за теплі слова! Передали колегам.",
        "Thank you for your kind words. We have passed them on.",
        "Dziękujemy za dobre słowo. Przekazaliśmy zespołowi.",
    ),
}
WRITTEN_BACK = {
    "uk": "Дякую за відповідь. Зайду в суботу, кого спитати?",
    "en": "Thank you. I will come on Saturday, whom shall I ask for?",
    "pl": "Dziękuję za odpowiedź. Przyjdę w sobotę, o kogo pytać?",
}
REPLIES_AGAIN = {
    "uk": "Спитайте на стійці сервісу, там уже знають про вас. До суботи!",
    "en": "Ask at the service desk, they know about you. See you on Saturday.",
    "pl": "Zapytaj przy kasie, wszyscy już wiedzą. Do soboty.",
}
NOTES = (
    "Передано старшій зміни, на ранковій п'ятихвилинці обговоримо.",
    "Схожий відгук був минулого тижня.",
    "Перевірено за камерами, усе так і було.",
    "Регіональна в курсі.",
    "Talked to the evening shift about it.",
)
