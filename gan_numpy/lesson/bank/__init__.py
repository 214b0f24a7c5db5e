r"""All questions, in the order of the lessons; read `question` first."""

from gan_numpy.lesson.bank import early, late, middle
from gan_numpy.lesson.bank.question import Question

QUESTIONS: dict[str, Question] = {
    question.name: question
    for module in (early, middle, late)
    for question in module.QUESTIONS
}
