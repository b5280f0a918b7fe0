"""Items in order of how good they are, by who was preferred to whom in pairs.

Bradley and Terry (1952): item i wins against j with probability s_i / (s_i + s_j). Scores are
fitted by crowd-kit's MM algorithm (Hunter 2004). Of two things that it leaves to its caller, both
are seen to here. Where an item never won or never lost, its score has no maximum; so every item
also won and lost once against an item that does not exist, which is Caron and Doucet's (2012) prior
and also joins pairs that were never compared. And it stops when two steps are alike, but compares a
step with itself, so it is told not to stop early.

Workers count alike, or, `weighted`, as Chen et al. (2013) have it: with probability h_w a worker
reports the winner, else the loser. Their h_w and the scores are found in turn, each comparison
counting for its winner as far as it is believed.

Left out is crowd-kit's NoisyBradleyTerry, whose gradient overwrites the workers' sums with the last
comparison's, one place off, so that its optimiser goes astray.

Papers:
    R. A. Bradley and M. E. Terry, "Rank analysis of incomplete block designs", Biometrika 39, 1952.
    D. R. Hunter, "MM algorithms for generalized Bradley-Terry models", Ann. Statist. 32(1), 2004.
    F. Caron and A. Doucet, "Efficient Bayesian inference for generalized Bradley-Terry models",
    JCGS 21(1), 2012.
    X. Chen et al., "Pairwise ranking aggregation in a crowdsourced setting", WSDM 2013.
"""
