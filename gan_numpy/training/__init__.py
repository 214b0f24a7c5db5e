"""The minimax game as an algorithm: what a step computes, who moves, in which order.

Read `steps` (one gradient for each player), then `algorithm1` (who moves when),
`minibatches`, `state` (all that training changes), `semi_supervised` (a third game).
"""
