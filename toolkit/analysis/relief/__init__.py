"""Does what moves in a face have the shape of a head?"""
