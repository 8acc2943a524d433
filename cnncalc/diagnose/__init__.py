"""A wrong number -> the mistakes that give exactly that number, found by recomputing it with each of them.

To add a mistake, write one function in a file of `mistakes/`: it takes the correct recomputation and yields the wrong
ones. Enter it by one of the decorators of `catalogue.py`, with a key, its sentence and the quantities it is made in.
Put the key into RANKING in `ranking.py`, and an answer that is wrong in this way into `tests/wrong_answers.py`.
"""
