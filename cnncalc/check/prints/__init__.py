"""What other programs print of a network: rows and numbers at the foot, the layers they are about, and their values."""
