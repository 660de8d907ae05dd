"""How a network comes to be: reviews → splits → tokens → word vectors → fit → artifact."""
